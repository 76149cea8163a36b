import type { GraphQLResult, Operation } from '../shared/send-operation.js';

/**
 * Runs a subscription over WebSocket, on a connection of its own that ends with it.
 *
 * A refusal arrives as an answer with errors, as it would over HTTP, and so does a connection that breaks: it is not
 * opened again.
 *
 * @param token sent as `connectionParams.authorization`; undefined: anonymous.
 */
export async function subscribe(
  operation: Operation,
  token: string | undefined,
): Promise<AsyncIterable<GraphQLResult>> {
  const { createClient } = await import('graphql-ws'); // few need it: it is loaded with the first subscription
  const answers = createClient({
    url: `${window.location.origin.replace('http', 'ws')}/graphql`,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  }).iterate(operation);

  // Not a generator around it: its `return` would wait for the next event before it ends the subscription.
  const iterator: AsyncIterator<GraphQLResult> = {
    next: () => answers.next().catch((error: unknown) => ({ value: asAnswer(error) })),
    return: async () => (await answers.return?.()) ?? { value: undefined, done: true },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function asAnswer(error: unknown): GraphQLResult {
  if (Array.isArray(error)) return { errors: error };
  const isClosed = error instanceof CloseEvent;
  return {
    errors: [{ message: isClosed ? `The connection was closed: ${error.code} ${error.reason}` : 'No connection.' }],
  };
}
