import { type Client, createClient } from 'graphql-ws';
import type { Session } from '../session/session.js';

/** Close code after the last subscription has ended (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/** Close code of the server for an access token that it rejects. */
const UNAUTHORIZED = 4401;

/**
 * Creates the WebSocket for subscriptions. It opens with the first one and closes after the last. When the connection is
 * lost, it reconnects without limit, with a valid access token each time: the server closes the socket when the token that
 * opened it expires. The session records the state of the socket.
 */
export function createLiveSocket(session: Session): Client {
  let sent: string | undefined;
  return createClient({
    url: `${window.location.origin.replace('http', 'ws')}/graphql`,
    connectionParams: async () => {
      sent = await session.accessToken();
      return sent === undefined ? {} : { authorization: `Bearer ${sent}` };
    },
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      connected: () => session.server.socketStatus.set('OPEN'),
      closed: async (event) => {
        const code = event instanceof CloseEvent ? event.code : undefined;
        session.server.socketStatus.set(code === NORMAL_CLOSURE ? 'CONNECTING' : 'RECONNECTING');
        if (code === UNAUTHORIZED && sent !== undefined) await session.replaceAccessToken(sent);
      },
    },
  });
}
