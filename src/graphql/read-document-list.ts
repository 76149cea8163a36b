import { readFile, stat } from 'node:fs/promises';
import {
  concatAST,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isExecutableDefinitionNode,
  Kind,
  Source,
} from 'graphql';
import * as z from '../zod.js';
import { findGraphQLFiles } from './find-graphql-files.js';
import { parseFile, parseText, validateFile, withPosition } from './graphql-file.js';

/** A document of a list, valid against the schema. */
export interface ListedDocument {
  /** Names it instead of its text; undefined: the list has no ids. */
  readonly named: { readonly id: string; readonly text: string } | undefined;
  readonly document: DocumentNode;
}

/** A list of documents that cannot be used. The message names its position. */
class UnusableDocuments extends Error {
  constructor(fault: string, options?: ErrorOptions) {
    super(`TRUSTED_DOCUMENTS names what cannot be used: ${fault}`, options);
  }
}

/**
 * Reads the documents at a path: of a file, GraphQL or, where its name ends with `.json`, a map of ids to documents, as
 * GraphQL Code Generator and Relay write it, or Apollo's manifest; of a folder, all `.graphql` and `.gql` files in it and
 * below, which share their fragments. Type definitions are passed over: a copy of the schema often lies beside.
 *
 * @throws UnusableDocuments for what cannot be read or holds no operation, and for a document that is not valid against
 *   the schema.
 */
export async function readDocumentList(path: string, schema: GraphQLSchema): Promise<ListedDocument[]> {
  try {
    const list = await readList(path);
    if (!list.some(({ document }) => hasOperation(document))) {
      throw new UnusableDocuments(`${path} holds no operation, in no file that ends in .graphql, .gql or .json.`);
    }
    for (const { named, document } of list) validateFile(nameOf(path, named), document, schema);
    return list;
  } catch (error) {
    throw unusable(error, path);
  }
}

async function readList(path: string): Promise<ListedDocument[]> {
  if (path.endsWith('.json')) {
    const documents = parseManifest(await readFile(path, 'utf8'), path);
    return documents.map((named) => {
      const source = new Source(named.text, nameOf(path, named));
      return { named, document: parseText(source) };
    });
  }
  const files = (await stat(path)).isDirectory() ? findGraphQLFiles(path) : [path];
  const sources = await Promise.all(files.map(async (file) => new Source(await readFile(file, 'utf8'), file)));
  return [{ named: undefined, document: executable(concatAST(sources.map(parseFile))) }];
}

function nameOf(path: string, named: ListedDocument['named']): string {
  return named === undefined ? path : `${path}, document ${named.id}`;
}

function executable({ definitions, ...document }: DocumentNode): DocumentNode {
  return { ...document, definitions: definitions.filter(isExecutableDefinitionNode) };
}

function hasOperation({ definitions }: DocumentNode): boolean {
  return definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
}

const manifest = z.union([
  z
    .object({ operations: z.array(z.object({ id: z.string(), body: z.string() })) })
    .transform(({ operations }) => operations.map(({ id, body }) => ({ id, text: body }))),
  z
    .record(z.string(), z.string())
    .transform((documents) => Object.entries(documents).map(([id, text]) => ({ id, text }))),
]);

function parseManifest(text: string, path: string): z.output<typeof manifest> {
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnusableDocuments(`${path} is neither a map of ids to documents in JSON nor a manifest.`, { cause });
  }
}

/** Wraps what GraphQL, or the file system, finds wrong. */
function unusable(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error) || cause instanceof UnusableDocuments) return cause;
  if (!(cause instanceof GraphQLError)) return new UnusableDocuments(cause.message, { cause });
  return new UnusableDocuments(withPosition(cause, path), { cause });
}
