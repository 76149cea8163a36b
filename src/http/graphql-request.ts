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
  if (typeof query === 'string')
    return operationName === undefined ? { query, variables } : { query, operationName, variables };
  // Apollo's clients look for this message or this code, and send the text instead.
  if (query.missing === 'PERSISTED_QUERY_NOT_SUPPORTED')
    return refuse({ code: query.missing, message: 'PersistedQueryNotSupported' });
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
  const { query, documentId, operationName, variables, extensions } = withoutEmptyParameters(body);
  if (operationName != null && typeof operationName !== 'string')
    return 'The parameter `operationName` must be a string.';
  if (variables != null && !isRecord(variables)) return 'The parameter `variables` must be a JSON object.';
  if (extensions != null && !isRecord(extensions)) return 'The parameter `extensions` must be a JSON object.';
  const document = referenceOf({ query, documentId, hash: hashIn(extensions) });
  if (document === undefined) return 'The parameter `query` must be a GraphQL document.';
  return { document, operationName: operationName ?? undefined, variables: variables ?? {} };
}

const OPTIONAL_PARAMETERS = ['operationName', 'variables', 'extensions'] as const;

/** Drops optional parameters that are an empty string: forms and some clients send what was not filled in. */
export function withoutEmptyParameters(parameters: Record<string, unknown>): Record<string, unknown> {
  const empty = OPTIONAL_PARAMETERS.filter((name) => parameters[name] === '');
  return empty.length === 0 ? parameters : { ...parameters, ...Object.fromEntries(empty.map((name) => [name, null])) };
}

/** A text takes precedence over a name. The protocol graphql-transport-ws requires a text, which may be empty. */
function referenceOf({ query, documentId, hash }: Readonly<Record<string, unknown>>): DocumentReference | undefined {
  if (query != null && query !== '') return typeof query === 'string' ? { query } : undefined;
  if (documentId != null && documentId !== '') return typeof documentId === 'string' ? { documentId } : undefined;
  return typeof hash === 'string' && hash !== '' ? { persistedQuery: hash } : undefined;
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
  return parseBody({
    query,
    documentId,
    operationName,
    variables: parseJson(variables),
    extensions: parseJson(extensions),
  });
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

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
