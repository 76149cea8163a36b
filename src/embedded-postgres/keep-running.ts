import { setTimeout as delay } from 'node:timers/promises';
import { type Arrival, adoptOrStart } from './adopt-or-start.js';
import type { Place } from './find-place.js';
import { disconnect } from './presence.js';

/** How long one attempt takes at most; another one follows. */
const ATTEMPT_MS = 15_000;

const PAUSE_MS = 1_000;

/**
 * Starts PostgreSQL again, on the same port, whenever it ends: killed, or after a crash of one of its processes. Its end
 * shows as the end of our connection.
 *
 * @returns what ends this; it answers how the process is present in PostgreSQL by then.
 */
export function keepRunning(place: Place, first: Arrival, log: (message: string) => void): () => Promise<Arrival> {
  const stop = new AbortController();
  let current = first;
  let recovery: Promise<void> = Promise.resolve();

  const watch = () => {
    current.presence.once('end', () => {
      if (!stop.signal.aborted) recovery = recover();
    });
  };
  const recover = async (): Promise<void> => {
    log('The connection to PostgreSQL was lost. It is made again, with a start of PostgreSQL where it has ended.');
    while (!stop.signal.aborted) {
      try {
        const attempt = AbortSignal.any([stop.signal, AbortSignal.timeout(ATTEMPT_MS)]);
        const arrival = await adoptOrStart(place, attempt, first.port);
        if (arrival.port !== first.port) {
          await disconnect(arrival.presence);
          throw new Error(`it runs on port ${arrival.port} now instead of ${first.port}. Restart this process.`);
        }
        current = arrival;
        log(
          arrival.started === undefined
            ? 'PostgreSQL is connected again.'
            : 'PostgreSQL had ended unexpectedly, and was started again.',
        );
        return watch();
      } catch (error) {
        if (!stop.signal.aborted)
          log(`PostgreSQL is not back: ${error instanceof Error ? error.message : 'no reason'}`);
        await delay(PAUSE_MS, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  };
  watch();
  return async () => {
    stop.abort();
    await recovery;
    return current;
  };
}
