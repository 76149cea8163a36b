import { type Client, createClient } from 'graphql-ws';
import { basePath } from '../../shared/base-path.js';
import type { Session } from '../session/session.js';

/** Close code of the server for an access token that it rejects. */
const UNAUTHORIZED = 4401;

/**
 * Creates the WebSocket for subscriptions. It opens with the first one and closes after the last. When the connection is
 * lost, or the server closes it because the token that opened it has expired (4403), it reconnects without limit, with a
 * valid access token each time. After codes that graphql-ws takes for fatal, 4401 among them, it does not: its
 * subscriptions end with an error. The session records the state of the socket.
 */
export function createLiveSocket(session: Session): Client {
  let sent: string | undefined;
  return createClient({
    url: `${window.location.origin.replace('http', 'ws')}${basePath}/graphql`,
    connectionParams: async () => {
      sent = await session.accessToken();
      return sent === undefined ? {} : { authorization: `Bearer ${sent}` };
    },
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      connecting: (isRetry) => session.server.socketStatus.set(isRetry ? 'RECONNECTING' : 'CONNECTING'),
      connected: () => session.server.socketStatus.set('OPEN'),
      closed: async (event) => {
        if (!(event instanceof CloseEvent)) return;
        session.server.reportSocket(event.code);
        if (event.code === UNAUTHORIZED && sent !== undefined) await session.replaceAccessToken(sent);
      },
    },
  });
}
