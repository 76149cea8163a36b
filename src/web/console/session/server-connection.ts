import { CloseCode } from 'graphql-ws';
import { type Observable, observable } from '../../shared/observable.js';
import { clockOffset } from './server-clock.js';

/**
 * The state of the WebSocket. `CONNECTING`: it has not been open since the last subscription began. `CLOSED`: it does not
 * open again by itself, and its subscriptions have ended.
 */
type SocketStatus = 'CONNECTING' | 'OPEN' | 'RECONNECTING' | 'CLOSED';

/**
 * The close codes after which graphql-ws reconnects. It takes others for fatal, such as 4401 and 4400, whatever its options
 * are. The server closes with 4403 when the access token expires, and the next one is valid.
 */
const TEMPORARY: ReadonlySet<number> = new Set([
  ...[1001, 1005, 1006, 1012, 1013, 1014],
  CloseCode.Forbidden,
  CloseCode.ConnectionInitialisationTimeout,
  CloseCode.ConnectionAcknowledgementTimeout,
]);

/** Close code after the last subscription has ended (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/** Increasing, so that a server that comes back does not get the requests of all clients at once. */
const RETRY_DELAYS_MILLISECONDS = [1_000, 2_000, 3_000, 5_000, 8_000];

/** The state of the connection to the server, as the API client reports it. */
export class ServerConnection {
  /** Whether the server responds. */
  readonly isReachable: Observable<boolean> = observable(true);
  /** Number of reconnects. Data that was read before the last one may be out of date. */
  readonly reconnectCount: Observable<number> = observable(0);
  readonly socketStatus: Observable<SocketStatus> = observable<SocketStatus>('CONNECTING');

  #clockOffset = 0;

  /** The time of the server, in milliseconds since 1970: the clock of this computer may be wrong. */
  now(): number {
    return Date.now() + this.#clockOffset;
  }

  /** Records that the server responded, with the header `Date` of its response. */
  reportResponse(date: string | null): void {
    this.#clockOffset = clockOffset(date, Date.now());
    this.isReachable.set(true);
  }

  /** Records that the server did not respond, and polls it until it is ready. */
  reportFailure(): void {
    if (!this.isReachable.get()) return;
    this.isReachable.set(false);
    void this.#reconnect();
  }

  /** Records that the WebSocket closed, and with which code. */
  reportSocket(code: number): void {
    if (code === NORMAL_CLOSURE) this.socketStatus.set('CONNECTING');
    else this.socketStatus.set(TEMPORARY.has(code) ? 'RECONNECTING' : 'CLOSED');
  }

  async #reconnect(): Promise<void> {
    for (let attempt = 0; !this.isReachable.get(); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MILLISECONDS[attempt] ?? 10_000));
      if (await isReady()) this.isReachable.set(true);
    }
    this.reconnectCount.set(this.reconnectCount.get() + 1);
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch('/readyz')).ok;
  } catch {
    return false;
  }
}
