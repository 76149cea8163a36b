import { basePath } from '../shared/base-path.js';
import type { GraphQLResult, Operation } from '../shared/send-operation.js';

/**
 * Runs a subscription over WebSocket, on a connection of its own.
 *
 * A denial is a result with errors, as over HTTP, and so is a lost connection: it is not opened again.
 *
 * @param token sent as `connectionParams.authorization`; undefined: anonymous.
 */
export async function subscribe(
  operation: Operation,
  token: string | undefined,
): Promise<AsyncIterable<GraphQLResult>> {
  const { createClient } = await import('graphql-ws'); // loaded with the first subscription
  const results = createClient({
    url: `${window.location.origin.replace('http', 'ws')}${basePath}/graphql`,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  }).iterate(operation);

  // Not a generator around it: its `return` would wait for the next event before it ends the subscription.
  const iterator: AsyncIterator<GraphQLResult> = {
    next: () => results.next().catch((error: unknown) => ({ value: toResult(error) })),
    return: async () => (await results.return?.()) ?? { value: undefined, done: true },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function toResult(error: unknown): GraphQLResult {
  if (Array.isArray(error)) return { errors: error };
  const isClosed = error instanceof CloseEvent;
  return {
    errors: [
      { message: isClosed ? `The connection was closed: ${error.code} ${error.reason}` : 'The connection failed.' },
    ],
  };
}
