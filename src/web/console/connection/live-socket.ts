import { type Client, createClient } from 'graphql-ws';
import { observable } from '../../shared/observable.js';
import { accessToken, replaceAccessToken } from '../session/session.js';

/** Whether news arrive as they happen; undefined: nobody has asked for any. */
export const isLive = observable<boolean | undefined>(undefined);

const CREDENTIAL_REFUSED = 4401;

/**
 * The WebSocket for subscriptions: opened with the first and closed after the last. It is opened again for as long as
 * it takes, each time with a token that works: the server closes it when the token that opened it ends.
 */
export function createLiveSocket(): Client {
  let sent: string | undefined;
  return createClient({
    url: `${window.location.origin.replace('http', 'ws')}/graphql`,
    connectionParams: async () => {
      sent = await accessToken();
      return sent === undefined ? {} : { authorization: `Bearer ${sent}` };
    },
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      connected: () => isLive.set(true),
      closed: async (event) => {
        isLive.set(false);
        const isRefused = event instanceof CloseEvent && event.code === CREDENTIAL_REFUSED;
        if (isRefused && sent !== undefined) await replaceAccessToken(sent);
      },
    },
  });
}
