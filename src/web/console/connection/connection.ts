import { observable } from '../../shared/observable.js';

/** Whether the server answers. */
export const isConnected = observable(true);

/** How often the connection came back: whatever was read before a change of this number may be out of date. */
export const reconnectCount = observable(0);

/** Longer and longer, so that a server which comes back is not met by everybody at once. */
const PAUSES_MILLISECONDS = [1_000, 2_000, 3_000, 5_000, 8_000];

/** The server did not answer, or had no way to: from now on it is asked until it can. */
export function markDisconnected(): void {
  if (!isConnected.get()) return;
  isConnected.set(false);
  void recover();
}

export function markConnected(): void {
  isConnected.set(true);
}

async function recover(): Promise<void> {
  for (let attempt = 0; !isConnected.get(); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSES_MILLISECONDS[attempt] ?? 10_000));
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
