import { type Observable, observable } from '../../shared/observable.js';

/** The state of the WebSocket. `CONNECTING`: it has not been open since the last subscription began. */
type SocketStatus = 'CONNECTING' | 'OPEN' | 'RECONNECTING';

/** Increasing, so that a server that comes back does not get the requests of all clients at once. */
const RETRY_DELAYS_MILLISECONDS = [1_000, 2_000, 3_000, 5_000, 8_000];

/** The state of the connection to the server, as the API client reports it. */
export class ServerConnection {
  /** Whether the server responds. */
  readonly isReachable: Observable<boolean> = observable(true);
  /** Number of reconnects. Data that was read before the last one may be out of date. */
  readonly reconnectCount: Observable<number> = observable(0);
  readonly socketStatus: Observable<SocketStatus> = observable<SocketStatus>('CONNECTING');

  /** Records that the server responded. */
  reportResponse(): void {
    this.isReachable.set(true);
  }

  /** Records that the server did not respond, and polls it until it is ready. */
  reportFailure(): void {
    if (!this.isReachable.get()) return;
    this.isReachable.set(false);
    void this.#reconnect();
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
