import { statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql';
import { findGraphQLFiles } from '../graphql/find-graphql-files.js';
import { parseSourceFile, readSourceFile, type SourceFile } from './source-file.js';

/** The files that an argument names, after those of the arguments before it: Commander parses them one by one. */
export function addSourceFiles(name: string, files: readonly SourceFile[] = []): SourceFile[] {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [...files, readSourceFile(name)];
  const found = findGraphQLFiles(name);
  if (found.length === 0) throw new InvalidArgumentError('The folder holds no file that ends in .graphql or .gql.');
  return [...files, ...found.map(readSourceFile)];
}

/** An operation of a file; without a name where the file has no other. */
interface Operation {
  readonly file: string;
  readonly name: string | undefined;
  readonly document: DocumentNode;
}

/** Every operation, valid against the schema, with the fragments of all files at hand. Type definitions are passed over. */
export async function readOperations(files: readonly SourceFile[], schema: GraphQLSchema): Promise<Operation[]> {
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
