import {
  Client,
  cacheExchange,
  type ExecutionResult,
  fetchExchange,
  makeOperation,
  mapExchange,
  type OperationResult,
  subscriptionExchange,
} from 'urql';
import { basePath } from '../../shared/base-path.js';
import type { Session } from '../session/session.js';
import { createLiveSocket } from './live-socket.js';

/** Creates the API client of the session: HTTP, and a WebSocket for subscriptions. */
export function createApiClient(session: Session): Client {
  const socket = createLiveSocket(session);
  return new Client({
    url: `${basePath}/graphql`,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network', // shows cached data immediately, then fresh data
    fetch: (input, init) => fetchAsAdmin(session, input, init),
    exchanges: [
      cacheExchange,
      mapExchange({ onResult: refetchOnlyAfterResponse }),
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe<ExecutionResult['data']>(
              { query, variables: { ...variables } },
              // Safe: the types differ only in `undefined` on optional properties.
              { ...sink, next: (result) => sink.next(result as ExecutionResult) },
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}

/**
 * Without a response nothing is read again for a mutation: that would fail too, and replace the page, with the dialog in which
 * the mutation can be repeated.
 */
function refetchOnlyAfterResponse(result: OperationResult): OperationResult {
  if (result.error?.networkError === undefined) return result;
  const { kind, context } = result.operation;
  return { ...result, operation: makeOperation(kind, result.operation, { ...context, additionalTypenames: [] }) };
}

/** Sends a request with the session's access token. Retries once with a new token after HTTP 401. */
async function fetchAsAdmin(session: Session, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const token = await session.accessToken();
  const response = await attempt(token);
  if (response.status !== 401 || token === undefined) return response;
  const replacement = await session.replaceAccessToken(token);
  return replacement === undefined ? response : await attempt(replacement);

  async function attempt(bearer: string | undefined): Promise<Response> {
    const headers = new Headers(init?.headers);
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    try {
      const response = await fetch(input, { ...init, headers });
      if (response.status >= 502) session.server.reportFailure();
      else session.server.reportResponse(response.headers.get('date'));
      return response;
    } catch (error) {
      if (!init?.signal?.aborted) session.server.reportFailure();
      throw error;
    }
  }
}
