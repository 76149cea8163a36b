import { statSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql';
import { findGraphQLFiles } from '../graphql/find-graphql-files.js';
import { parseSourceFile, readSourceFile, type SourceFile } from './source-file.js';

/** `scrip scopes`: what a client's token must hold for the operations that the client sends. */
export function defineScopes(program: Command): void {
  program
    .command('scopes')
    .description('print the scopes that an app token needs for the operations in files, one a line')
    .argument(
      '<files...>',
      'GraphQL documents, or folders with .graphql and .gql files; each may use the fragments of the others',
      addSourceFiles,
    )
    .option('--json', 'by operation and schema coordinate, too')
    .action(printScopes);
}

/** Commander parses the arguments one by one. */
function addSourceFiles(name: string, files: readonly SourceFile[] = []): SourceFile[] {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [...files, readSourceFile(name)];
  const found = findGraphQLFiles(name);
  if (found.length === 0) throw new InvalidArgumentError('The folder holds no file that ends in .graphql or .gql.');
  return [...files, ...found.map(readSourceFile)];
}

async function printScopes(files: readonly SourceFile[], { json }: { readonly json?: true }): Promise<void> {
  const [{ pino }, { buildSchema }, { createPolicy }, { parseConfig }, { withinStack }, { SCOPES, scopeLabel }] =
    await Promise.all([
      import('pino'),
      import('../graphql/build-schema.js'),
      import('../graphql/policy.js'),
      import('../config.js'),
      import('../graphql/stack-overflow.js'),
      import('../auth/scope.js'),
    ]);
  const policy = createPolicy(buildSchema(), { limits: parseConfig({}).limits, log: pino({ level: 'silent' }) });
  const operations = (await readOperations(files, policy.schema)).map(({ file, name, document }) => {
    const required = withinStack(file, () => policy.requiredScopes(document, name));
    const { scopes = [], anyScopes = [], fields = [] } = required ?? {};
    const label = (names: Choice) => ({
      scopes: names.scopes.map(scopeLabel),
      anyScopes: names.anyScopes.map((some) => some.map(scopeLabel)),
    });
    const labelled = fields.map((field) => ({ ...field, ...label(field) }));
    return { file, name: name ?? null, ...label({ scopes, anyScopes }), fields: labelled };
  });
  const scopes = sufficientScopes(operations, SCOPES);
  if (json) process.stdout.write(`${JSON.stringify({ scopes, operations }, undefined, 2)}\n`);
  else for (const scope of scopes) process.stdout.write(`${scope}\n`);
}

/** Scopes of which all are required, and lists of which one is. */
interface Choice {
  readonly scopes: readonly string[];
  readonly anyScopes: readonly (readonly string[])[];
}

/** Scopes that suffice for all operations, in the enum's order: of each list the first, unless another one is in it. */
function sufficientScopes(operations: readonly Choice[], all: readonly string[]): string[] {
  const needed = new Set(operations.flatMap(({ scopes }) => scopes));
  for (const some of operations.flatMap(({ anyScopes }) => anyScopes)) {
    const [first] = some;
    if (first !== undefined && !some.some((scope) => needed.has(scope))) needed.add(first);
  }
  return all.filter((scope) => needed.has(scope));
}

/** An operation of a file; without a name where the file has no other. */
interface Operation {
  readonly file: string;
  readonly name: string | undefined;
  readonly document: DocumentNode;
}

/** Every operation, valid against the schema, with the fragments of all files at hand. Type definitions are passed over. */
async function readOperations(files: readonly SourceFile[], schema: GraphQLSchema): Promise<Operation[]> {
  const [{ isExecutableDefinitionNode, Kind, NoUnusedFragmentsRule, specifiedRules }, { validateFile }] =
    await Promise.all([import('graphql'), import('../graphql/graphql-file.js')]);
  const parsed = await Promise.all(files.map(parseSourceFile));
  const documents = parsed.map(({ definitions, ...document }) => ({
    ...document,
    definitions: definitions.filter(isExecutableDefinitionNode),
  }));
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule); // other files use them
  const found = documents.flatMap((own, index) => {
    const document = withFragments(own, documents);
    const file = files[index]?.name ?? '';
    validateFile(file, document, schema, rules);
    const operations = own.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return operations.map(({ name }) => ({ file, name: name?.value, document }));
  });
  if (found.length === 0) throw new Error(`There is no operation in ${files.map(({ name }) => name).join(', ')}.`);
  return found;
}

/** A file's own fragments come before those of the same name elsewhere. */
function withFragments(own: DocumentNode, documents: readonly DocumentNode[]): DocumentNode {
  const isFragment = (definition: DocumentNode['definitions'][number]): definition is FragmentDefinitionNode =>
    definition.kind === 'FragmentDefinition';
  const fragments = documents.flatMap(({ definitions }) => definitions.filter(isFragment));
  const owned = new Set(own.definitions.filter(isFragment).map(({ name }) => name.value));
  const foreign = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  for (const name of owned) foreign.delete(name);
  return { ...own, definitions: [...own.definitions, ...foreign.values()] };
}
