import { Client, cacheExchange, type ExecutionResult, fetchExchange, subscriptionExchange } from 'urql';
import { markConnected, markDisconnected } from '../connection/connection.js';
import { createLiveSocket } from '../connection/live-socket.js';
import { accessToken, replaceAccessToken } from './session.js';

/** Speaks to the API as the administrator who is logged in: over HTTP, and over WebSocket for subscriptions. */
export function createApiClient(): Client {
  const socket = createLiveSocket();
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network', // what was seen before shows at once, and what it is now right after
    fetch: fetchAsAdmin,
    exchanges: [
      cacheExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe<ExecutionResult['data']>(
              { query, variables: { ...variables } },
              // Safe: they differ in how they write that a part may be absent.
              { ...sink, next: (result) => sink.next(result as ExecutionResult) },
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}

/** Sends a request with the session's token; once more if the server refuses that one and there is a successor. */
const fetchAsAdmin: typeof fetch = async (input, init) => {
  const token = await accessToken();
  const response = await attempt(token);
  if (response.status !== 401 || token === undefined) return response;
  const successor = await replaceAccessToken(token);
  return successor === undefined ? response : await attempt(successor);

  async function attempt(bearer: string | undefined): Promise<Response> {
    const headers = new Headers(init?.headers);
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    try {
      const answer = await fetch(input, { ...init, headers });
      if (answer.status >= 502) markDisconnected();
      else markConnected();
      return answer;
    } catch (error) {
      if (!init?.signal?.aborted) markDisconnected();
      throw error;
    }
  }
};
