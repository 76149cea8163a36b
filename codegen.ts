/**
 * Generates what follows from the schema: the resolver types, and the typed documents of the web pages and of the
 * examples. Generates what follows from the sources: docs/reference, .env.example and the picture in docs/architecture.md.
 * `npm run codegen` writes them; with `--check` nothing is written, and the exit status is 1 if one is out of date.
 * `npm run codegen -- --documents FOLDER --out FILE.ts` writes the typed documents of a frontend's operations instead.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { type DefinitionNode, type DocumentNode, Kind, parse, Source } from 'graphql';
import { SCOPES, scopeName } from './src/auth/scope.js';
import { findGraphQLFiles } from './src/graphql/find-graphql-files.js';
import { commandLinePage } from './tools/reference/command-line.js';
import { errorsPage } from './tools/reference/errors.js';
import { architecturePage } from './tools/reference/folder-graph.js';
import { envExample, settingsPage } from './tools/reference/settings.js';

const scalars = { ID: 'string', DateTime: 'Date', Points: 'number', PointsDelta: 'number' };
const connection = (node: string) => `./resolvers/connection.js#${node}Connection as ${node}ConnectionModel`;

const resolverTypes = () =>
  codegen({
    filename: 'src/graphql/generated.ts',
    schema: schema(),
    documents: [],
    plugins: [{ header: {} }, { typescript: {} }, { resolvers: {} }],
    pluginMap: { header, typescript, resolvers: typescriptResolvers },
    config: {
      scalars,
      useTypeImports: true,
      enumsAsTypes: true,
      enumValues: { Scope: Object.fromEntries(SCOPES.map((scope) => [scopeName(scope), scope])) },
      contextType: './context.js#Context',
      makeResolverTypeCallable: true,
      mappers: {
        Scope: '../auth/scope.js#Scope as ScopeModel',
        User: '../users/user.js#User as UserModel',
        Post: '../posts/post.js#Post as PostModel',
        Session: '../sessions/session.js#Session as SessionModel',
        SessionPayload: '../sessions/session-tokens.js#TokenPair',
        Token: '../tokens/token.js#Token as TokenModel',
        PointsEntry: '../points/entry.js#Entry',
        AuditEvent: '../audit/event.js#AuditEvent as AuditEventModel',
        Viewer: '../auth/principal.js#Authenticated',
        UserConnection: connection('User'),
        PostConnection: connection('Post'),
        SessionConnection: connection('Session'),
        TokenConnection: connection('Token'),
        PointsEntryConnection: connection('PointsEntry'),
        AuditEventConnection: connection('AuditEvent'),
      },
    },
  });

const typedDocuments = (folder: string) => () =>
  codegen({
    filename: `${folder}/generated.ts`,
    schema: schema(),
    documents: operationsIn(folder).map((location) => ({ location, document: read(location) })),
    plugins: [{ header: {} }, { operations: {} }, { documents: {} }],
    pluginMap: { header, operations: typescriptOperations, documents: typedDocumentNode },
    config: { scalars: { ...scalars, DateTime: 'string' }, useTypeImports: true },
  });

const header = {
  plugin: () => '// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.\n',
};

function schema(): DocumentNode {
  return parse(
    filesBelow('schema', '.graphql')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n'),
  );
}

/** The files of a folder, or the one file, that hold a frontend's operations. */
function operationsIn(path: string): string[] {
  const files = statSync(path).isDirectory() ? findGraphQLFiles(path) : [path];
  const isOperation = ({ kind }: DefinitionNode) => kind === Kind.OPERATION_DEFINITION;
  if (!files.some((file) => read(file).definitions.some(isOperation)))
    throw new Error(`${path} holds no operation, in no file that ends in .graphql or .gql.`);
  return files;
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function read(file: string): DocumentNode {
  return parse(new Source(readFileSync(file, 'utf8'), file));
}

const { check, documents, out } = parseArgs({
  options: { check: { type: 'boolean' }, documents: { type: 'string' }, out: { type: 'string' } },
}).values;
if ((documents === undefined) !== (out === undefined)) throw new Error('--documents and --out go together.');
const targets =
  documents !== undefined && out !== undefined
    ? ([[out, typedDocuments(documents)]] as const)
    : ([
        ['src/graphql/generated.ts', resolverTypes],
        ['src/web/generated.ts', typedDocuments('src/web')],
        ['test/client/generated.ts', typedDocuments('test/client')],
        ['docs/reference/settings.md', settingsPage],
        ['docs/reference/errors.md', errorsPage],
        ['docs/reference/command-line.md', commandLinePage],
        ['.env.example', envExample],
        ['docs/architecture.md', architecturePage],
      ] as const);
for (const [file, generate] of targets) {
  const text = await generate();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (check) {
    process.stderr.write(`${file} is out of date: run \`npm run codegen\`.\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
  }
}
