import { observable } from '../../shared/observable.js';

/** Whether the server responds. */
export const isConnected = observable(true);

/** Number of reconnects. Data that was read before the last one may be out of date. */
export const reconnectCount = observable(0);

/** Increasing, so that a server that comes back does not get the requests of all clients at once. */
const RETRY_DELAYS_MILLISECONDS = [1_000, 2_000, 3_000, 5_000, 8_000];

/** Records that the server did not respond, and polls it until it is ready. */
export function markDisconnected(): void {
  if (!isConnected.get()) return;
  isConnected.set(false);
  void reconnect();
}

/** Records that the server responded. */
export function markConnected(): void {
  isConnected.set(true);
}

async function reconnect(): Promise<void> {
  for (let attempt = 0; !isConnected.get(); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MILLISECONDS[attempt] ?? 10_000));
    if (await isReady()) isConnected.set(true);
  }
  reconnectCount.set(reconnectCount.get() + 1);
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch('/readyz')).ok;
  } catch {
    return false;
  }
}
