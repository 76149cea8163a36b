/**
 * Generates what follows from the schema: the resolver types, and the typed documents of the client, of the web pages, of
 * the examples and of the tests. Generates what follows from the sources: docs/reference, .env.example and the picture in docs/architecture.md.
 * `npm run codegen` writes them; with `--check` nothing is written, and the exit status is 1 if one is out of date.
 * `npm run codegen -- --documents FOLDER --out FILE.ts` writes the typed documents of a frontend's operations instead. As
 * with `scrip`, the exit status is 1 for what is refused, and 2 for arguments that cannot be used.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import type { CodegenPlugin } from '@graphql-codegen/plugin-helpers';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { concatAST, type DefinitionNode, type DocumentNode, GraphQLError, Kind, Source } from 'graphql';
import { SCOPES, scopeName } from './src/auth/scope.js';
import { describeError } from './src/describe-error.js';
import { findGraphQLFiles } from './src/graphql/find-graphql-files.js';
import { parseFile, withPosition } from './src/graphql/graphql-file.js';
import { readSchemaFiles } from './src/graphql/read-schema-files.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './src/graphql/stack-overflow.js';
import { documentTexts } from './tools/document-texts.js';
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
        User: '../points/read-users-with-points.js#UserWithPoints as UserModel',
        Post: '../posts/post.js#Post as PostModel',
        Session: '../sessions/session.js#Session as SessionModel',
        SessionPayload: '../sessions/session-tokens.js#TokenPair',
        Token: '../tokens/token.js#Token as TokenModel',
        PointsEntry: '../points/entry.js#Entry',
        PointsHold: '../points/holds/hold.js#Hold',
        PointsStatement: '../points/read-statement.js#PointsStatement as PointsStatementModel',
        AuditEvent: '../audit/event.js#AuditEvent as AuditEventModel',
        Webhook: '../webhooks/webhook.js#Webhook as WebhookModel',
        Viewer: '../auth/principal.js#Authenticated',
        UserConnection: connection('User'),
        PostConnection: connection('Post'),
        SessionConnection: connection('Session'),
        TokenConnection: connection('Token'),
        PointsEntryConnection: connection('PointsEntry'),
        PointsHoldConnection: connection('PointsHold'),
        AuditEventConnection: connection('AuditEvent'),
        WebhookConnection: connection('Webhook'),
      },
    },
  });

const typedDocuments =
  (folder: string, documents: CodegenPlugin = typedDocumentNode) =>
  () =>
    codegen({
      filename: `${folder}/generated.ts`,
      schema: schema(),
      documents: operationsIn(folder).map((location) => ({ location, document: read(location) })),
      plugins: [{ header: {} }, { operations: {} }, { documents: {} }],
      pluginMap: { header, operations: typescriptOperations, documents },
      config: { scalars: { ...scalars, DateTime: 'string' }, useTypeImports: true },
    }).catch((error: unknown) => {
      const fault = isStackOverflow(error) ? NESTS_TOO_DEEP : describeError(error);
      throw new Error(`${folder}: ${fault}`, { cause: error });
    });

const OWN_TARGETS = [
  ['src/graphql/generated.ts', resolverTypes],
  ['src/client/generated.ts', typedDocuments('src/client', documentTexts)],
  ['src/web/generated.ts', typedDocuments('src/web')],
  ['test/client/generated.ts', typedDocuments('test/client')],
  ['test/operations/generated.ts', typedDocuments('test/operations')],
  ['docs/reference/settings.md', settingsPage],
  ['docs/reference/errors.md', errorsPage],
  ['docs/reference/command-line.md', commandLinePage],
  ['.env.example', envExample],
  ['docs/architecture.md', architecturePage],
] as const;

const header = {
  plugin: () => '// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.\n',
};

function schema(): DocumentNode {
  return concatAST(readSchemaFiles());
}

/** The files of a folder, or the one file, that hold a frontend's operations. */
function operationsIn(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new Misuse(`${path} does not exist. Name the folder with your .graphql and .gql files after --documents.`);
  const files = stat.isDirectory() ? findGraphQLFiles(path) : [path];
  const isOperation = ({ kind }: DefinitionNode) => kind === Kind.OPERATION_DEFINITION;
  if (!files.some((file) => read(file).definitions.some(isOperation))) {
    throw new Error(
      `${path} has no operation. Write a query, mutation or subscription into a file that ends in .graphql or .gql.`,
    );
  }
  return files;
}

function read(file: string): DocumentNode {
  try {
    return parseFile(new Source(readFileSync(file, 'utf8'), file));
  } catch (error) {
    throw error instanceof GraphQLError ? new Error(withPosition(error, file)) : error;
  }
}

/** The arguments cannot be used. */
class Misuse extends Error {}

try {
  const { check = false, documents, out } = readArguments();
  const targets =
    documents === undefined || out === undefined ? OWN_TARGETS : ([[out, typedDocuments(documents)]] as const);
  for (const [file, generate] of targets) writeOrCheck(file, await generate(), check);
} catch (error) {
  process.stderr.write(`codegen: ${describeError(error)}\n`);
  process.exitCode = error instanceof Misuse ? 2 : 1;
}

function readArguments() {
  const { check, documents, out } = parseOptions();
  if ((documents === undefined) !== (out === undefined)) {
    throw new Misuse('--documents and --out go together: npm run codegen -- --documents FOLDER --out FILE.ts');
  }
  return { check, documents, out };
}

function parseOptions() {
  try {
    return parseArgs({
      options: { check: { type: 'boolean' }, documents: { type: 'string' }, out: { type: 'string' } },
    }).values;
  } catch (error) {
    throw new Misuse(describeError(error), { cause: error });
  }
}

function writeOrCheck(file: string, text: string, check: boolean): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  if (check) {
    process.stderr.write(`${file} is out of date: run \`npm run codegen\`.\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
  }
}
