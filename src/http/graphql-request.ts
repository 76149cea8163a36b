import type { Config } from '../config.js';
import { excessOfText } from '../graphql/document-text.js';
import type { Operation } from '../graphql/execute-operation.js';
import type { DocumentReference, FindDocument } from '../graphql/trusted-documents.js';
import { type Answer, refuse } from './answer.js';

/** An operation as a client sends it: the parameters of the GraphQL-over-HTTP draft, checked. */
interface GraphQLRequest {
  readonly document: DocumentReference;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

/** What is wrong with the parameters, in a sentence. */
type Complaint = string;

interface FindOptions {
  readonly findDocument: FindDocument;
  readonly limits: Pick<Config['limits'], 'documentBytes'>;
}

/** Finds out what is to be run; or why nothing is. A text is parsed only within its limits. */
export function findOperation(
  asked: GraphQLRequest | Complaint,
  { findDocument, limits }: FindOptions,
): Operation | Answer {
  if (typeof asked === 'string') return refuse({ code: 'BAD_REQUEST', message: asked });
  const { document, operationName, variables } = asked;
  const excess = 'query' in document ? excessOfText(document.query, limits) : undefined;
  if (excess !== undefined) return refuse({ code: 'OPERATION_TOO_COMPLEX', message: excess });
  const query = findDocument(document);
  if (query !== undefined)
    return operationName === undefined ? { query, variables } : { query, operationName, variables };
  const reason =
    'query' in document ? 'This server runs listed operations alone' : 'No document is listed here under this id';
  const message = `${reason}. Add yours to a file that TRUSTED_DOCUMENTS names, and start the server again.`;
  return refuse({ code: 'DOCUMENT_NOT_TRUSTED', message });
}

/**
 * Reads the JSON body of a POST. Instead of its text a document may be named, by `documentId` or, as Apollo's clients do
 * it, in `extensions`, which otherwise may be there and mean nothing here.
 */
export function parseBody(body: unknown): GraphQLRequest | Complaint {
  if (Array.isArray(body)) return 'Send one operation at a time: batches are not served.';
  if (!isRecord(body)) return 'The body must be a JSON object with the parameter `query`.';
  const { query, documentId, operationName, variables, extensions } = body;
  if (operationName != null && typeof operationName !== 'string')
    return 'The parameter `operationName` must be a string.';
  if (variables != null && !isRecord(variables)) return 'The parameter `variables` must be a JSON object.';
  if (extensions != null && !isRecord(extensions)) return 'The parameter `extensions` must be a JSON object.';
  const document = referenceOf(query, documentId ?? hashIn(extensions));
  if (document === undefined) return 'The parameter `query` must be a GraphQL document.';
  return { document, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** A text goes before a name. The clients of graphql-transport-ws must send a text, and send none as an empty one. */
function referenceOf(query: unknown, documentId: unknown): DocumentReference | undefined {
  if (query != null && query !== '') return typeof query === 'string' ? { query } : undefined;
  return typeof documentId === 'string' && documentId !== '' ? { documentId } : undefined;
}

function hashIn(extensions: Readonly<Record<string, unknown>> | null | undefined): unknown {
  const named = extensions?.['persistedQuery'];
  return isRecord(named) ? named['sha256Hash'] : undefined;
}

/** Reads the query string of a GET, where `variables` and `extensions` are JSON in text. */
export function parseQueryString(parameters: unknown): GraphQLRequest | Complaint {
  if (!isRecord(parameters)) return 'The parameter `query` must be a GraphQL document.';
  const { query, documentId, operationName, variables, extensions } = parameters;
  if ([query, documentId, operationName, variables, extensions].some(Array.isArray)) return 'Give each parameter once.';
  const read = { query, documentId, operationName, variables: parseJson(variables), extensions: parseJson(extensions) };
  // An empty name means none, as in a form that was not filled in.
  return parseBody({ ...read, operationName: operationName === '' ? null : operationName });
}

/** What is not JSON stays text, which no parameter in JSON may be. */
function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
