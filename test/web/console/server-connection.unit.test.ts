import { CloseCode, createClient } from 'graphql-ws';
import { expect, it } from 'vitest';
import { ServerConnection } from '../../../src/web/console/session/server-connection.js';

/** What graphql-ws does after a socket closed with a code, while a subscription is open. */
function reactionTo(code: number): Promise<'RECONNECTING' | 'CLOSED'> {
  return new Promise((resolve) => {
    let sockets = 0;
    /** A socket that closes at once. */
    class Closing {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      static readonly CLOSED = 3;
      readonly readyState = Closing.CLOSED;
      onclose: ((event: { code: number; reason: string }) => void) | undefined;

      constructor() {
        sockets++;
        if (sockets === 1) setImmediate(() => this.onclose?.({ code, reason: '' }));
        else resolve('RECONNECTING');
      }
    }
    createClient({
      url: 'ws://localhost/graphql',
      webSocketImpl: Closing,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: async () => {},
    }).subscribe(
      { query: 'subscription { pointsChanged { id } }' },
      {
        next: () => {},
        error: () => resolve('CLOSED'),
        complete: () => {},
      },
    );
  });
}

it.each([1001, 1002, 1005, 1006, 1009, 1011, 1012, 1013, 1014, ...Object.values(CloseCode).filter(Number.isInteger)])(
  'The console says whether the socket reconnects after close code %s',
  async (code) => {
    const server = new ServerConnection();
    server.reportSocket(Number(code));
    expect(server.socketStatus.get()).toBe(await reactionTo(Number(code)));
  },
);

it('A socket that closed after its last subscription connects with the next one', () => {
  const server = new ServerConnection();
  server.reportSocket(1000);
  expect(server.socketStatus.get()).toBe('CONNECTING');
});
