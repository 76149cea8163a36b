import { type Client, createClient } from 'graphql-ws';
import { observable } from '../../shared/observable.js';
import type { Session } from '../session/session.js';

/** The state of the socket. `CONNECTING`: it was not open yet. */
export const liveStatus = observable<'CONNECTING' | 'LIVE' | 'RECONNECTING'>('CONNECTING');

/** Close code of the server for an access token that it rejects. */
const UNAUTHORIZED = 4401;

/**
 * Creates the WebSocket for subscriptions. It opens with the first one and closes after the last. When the connection is
 * lost, it reconnects without limit, with a valid access token each time: the server closes the socket when the token that
 * opened it expires.
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
      connected: () => liveStatus.set('LIVE'),
      closed: async (event) => {
        liveStatus.set('RECONNECTING');
        const isUnauthorized = event instanceof CloseEvent && event.code === UNAUTHORIZED;
        if (isUnauthorized && sent !== undefined) await session.replaceAccessToken(sent);
      },
    },
  });
}
