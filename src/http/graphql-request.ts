import type { OperationRequest } from '../graphql/pipeline.js';
import type { DocumentReference } from '../graphql/trusted-documents.js';

/** What is wrong with the parameters, in a sentence. */
type Fault = string;

/**
 * Reads the parameters of the GraphQL-over-HTTP draft from the JSON body of a POST, or the payload of a `subscribe`. A document may be named instead of sent:
 * by `documentId` or, as Apollo's clients do, in `extensions`, which are ignored otherwise.
 */
export function parseBody(body: unknown): OperationRequest | Fault {
  if (Array.isArray(body)) return 'Send one operation per request. Batches are not supported.';
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

/** Drops optional parameters that are an empty string: forms and some clients send empty fields. */
function withoutEmptyParameters(parameters: Record<string, unknown>): Record<string, unknown> {
  const empty = OPTIONAL_PARAMETERS.filter((name) => parameters[name] === '');
  return empty.length === 0 ? parameters : { ...parameters, ...Object.fromEntries(empty.map((name) => [name, null])) };
}

/** A text takes precedence over a name. Clients of graphql-transport-ws, which requires a text, send an empty one. */
function referenceOf({ query, documentId, hash }: Readonly<Record<string, unknown>>): DocumentReference | undefined {
  if (query != null && query !== '') return typeof query === 'string' ? { query } : undefined;
  if (documentId != null && documentId !== '') return typeof documentId === 'string' ? { documentId } : undefined;
  return typeof hash === 'string' && hash !== '' ? { persistedQuery: hash } : undefined;
}

function hashIn(extensions: Readonly<Record<string, unknown>> | null | undefined): unknown {
  const query = extensions?.['persistedQuery'];
  return isRecord(query) ? query['sha256Hash'] : undefined;
}

/** Reads the query string of a GET, where `variables` and `extensions` are JSON in text. */
export function parseQueryString(parameters: unknown): OperationRequest | Fault {
  if (!isRecord(parameters)) return 'The parameter `query` must be a GraphQL document.';
  const { query, documentId, operationName, variables, extensions } = parameters;
  if ([query, documentId, operationName, variables, extensions].some(Array.isArray)) return 'Send each parameter once.';
  return parseBody({
    query,
    documentId,
    operationName,
    variables: parseJson(variables),
    extensions: parseJson(extensions),
  });
}

/** Text that is not JSON stays text, which neither parameter may be. */
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
