import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { sources } from '../root.js';
import { canonicalHashes, hasOnly } from './canonical-operations.js';
import { readDocumentList } from './read-document-list.js';

/** A document as a client names it: by its text, by the id under which it is listed, or by Apollo's hash of its text. */
export type DocumentReference =
  | { readonly query: string }
  | { readonly documentId: string }
  | { readonly persistedQuery: string };

/** The text to run, or why there is none. */
export type FoundDocument = string | { readonly missing: 'NOT_TRUSTED' | 'PERSISTED_QUERY_NOT_SUPPORTED' };

/** Finds the text to run. */
export type FindDocument = (reference: DocumentReference) => FoundDocument;

const NOT_TRUSTED: FoundDocument = { missing: 'NOT_TRUSTED' };

/** Runs any text. Nothing is listed: an id names nothing, and a client that sent a hash is told to send the text. */
export const anyDocument: FindDocument = (reference) => {
  if ('query' in reference) return reference.query;
  return 'persistedQuery' in reference ? { missing: 'PERSISTED_QUERY_NOT_SUPPORTED' } : NOT_TRUSTED;
};

/** Where the web pages keep what they ask for: they come from here, and are trusted like the server itself. */
const PAGES = fileURLToPath(new URL('web', sources));

/** Trusted texts that are known by their hash, so that a text that is sent often is parsed and compared once. */
const MAX_KNOWN = 1_000;

export interface TrustOptions {
  readonly schema: GraphQLSchema;
  /** Of a text that a client sends. */
  readonly maxTokens: number;
}

/** Trusts any text where no paths are named. @throws UnusableDocuments */
export async function openDocuments(paths: readonly string[], options: TrustOptions): Promise<FindDocument> {
  return paths.length === 0 ? anyDocument : await openTrustedDocuments(paths, options);
}

/**
 * Trusts the operations in files and folders, and those of the web pages. Operations are compared and not texts, so that
 * white space, comments, the order of fragments and each `__typename` that a client's cache adds make no difference.
 *
 * @throws UnusableDocuments naming the position, when one of them cannot be used.
 */
async function openTrustedDocuments(
  paths: readonly string[],
  { schema, maxTokens }: TrustOptions,
): Promise<FindDocument> {
  const listed = (await Promise.all([PAGES, ...paths].map((path) => readDocumentList(path, schema)))).flat();
  const operations = new Set(listed.flatMap(({ document }) => [...canonicalHashes(document)]));
  const texts = new Map(listed.flatMap(({ named }) => (named ? [[unprefixed(named.id), named.text] as const] : [])));
  const known = new Set<string>();
  return (reference) => {
    if ('documentId' in reference) return texts.get(unprefixed(reference.documentId)) ?? NOT_TRUSTED;
    if ('persistedQuery' in reference) return texts.get(reference.persistedQuery) ?? NOT_TRUSTED;
    const { query } = reference;
    const hash = hashOf(query);
    if (known.has(hash)) return query;
    if (!hasOnly(operationsIn(query, maxTokens), operations)) return NOT_TRUSTED;
    if (known.size >= MAX_KNOWN) known.clear();
    known.add(hash);
    return query;
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Code generators write `sha256:` before a hash, after the GraphQL-over-HTTP draft; Apollo's clients send it without. */
function unprefixed(id: string): string {
  return id.replace(/^sha256:/, '');
}

/** The hashes of the operations of a text; none where it is no GraphQL. */
function* operationsIn(text: string, maxTokens: number): Generator<string> {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens });
  } catch {
    return;
  }
  yield* canonicalHashes(document);
}
