/** An operation as a client sends it: the parameters of the GraphQL-over-HTTP draft, checked. */
interface GraphQLRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

/** What is wrong with the parameters, in a sentence. */
type Complaint = string;

/** Reads the JSON body of a POST. `extensions` may be there, and mean nothing here. */
export function parseBody(body: unknown): GraphQLRequest | Complaint {
  if (Array.isArray(body)) return 'Send one operation at a time: batches are not served.';
  if (!isRecord(body)) return 'The body must be a JSON object with the parameter `query`.';
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '') return 'The parameter `query` must be a GraphQL document.';
  if (operationName != null && typeof operationName !== 'string')
    return 'The parameter `operationName` must be a string.';
  if (variables != null && !isRecord(variables)) return 'The parameter `variables` must be a JSON object.';
  if (extensions != null && !isRecord(extensions)) return 'The parameter `extensions` must be a JSON object.';
  return { query, ...(operationName != null && { operationName }), ...(variables != null && { variables }) };
}

/** Reads the query string of a GET, where `variables` and `extensions` are JSON in text. */
export function parseQueryString(parameters: unknown): GraphQLRequest | Complaint {
  if (!isRecord(parameters)) return 'The parameter `query` must be a GraphQL document.';
  const { query, operationName, variables, extensions } = parameters;
  if ([query, operationName, variables, extensions].some(Array.isArray)) return 'Give each parameter once.';
  const read = { query, operationName, variables: parseJson(variables), extensions: parseJson(extensions) };
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
