import { setTimeout as delay } from 'node:timers/promises';
import { type Arrival, adoptOrStart } from './adopt-or-start.js';
import type { Location } from './find-location.js';
import { disconnect } from './presence.js';

/** The maximum duration of one attempt; another one follows. */
const ATTEMPT_MS = 15_000;

const PAUSE_MS = 1_000;

/**
 * Restarts PostgreSQL, on the same port, whenever it ends: killed, or after a crash of one of its processes. Its end is
 * noticed by the end of the connection.
 *
 * @returns a function that stops this, and returns the current presence in PostgreSQL.
 */
export function keepRunning(
  location: Location,
  first: Arrival,
  log: (message: string) => void,
): () => Promise<Arrival> {
  const stop = new AbortController();
  let current = first;
  let recovery: Promise<void> = Promise.resolve();

  const watch = () => {
    current.presence.once('end', () => {
      if (!stop.signal.aborted) recovery = recover();
    });
  };
  const recover = async (): Promise<void> => {
    log('The connection to PostgreSQL was lost. Reconnecting, and restarting PostgreSQL if it has ended.');
    while (!stop.signal.aborted) {
      try {
        const attempt = AbortSignal.any([stop.signal, AbortSignal.timeout(ATTEMPT_MS)]);
        const arrival = await adoptOrStart(location, attempt, first.port);
        if (arrival.port !== first.port) {
          await disconnect(arrival.presence);
          throw new Error(`it now runs on port ${arrival.port} instead of ${first.port}. Restart this process.`);
        }
        current = arrival;
        log(
          arrival.started === undefined
            ? 'PostgreSQL is connected again.'
            : 'PostgreSQL had ended unexpectedly and has been restarted.',
        );
        return watch();
      } catch (error) {
        if (!stop.signal.aborted)
          log(`PostgreSQL could not be restarted: ${error instanceof Error ? error.message : 'unknown reason'}`);
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
