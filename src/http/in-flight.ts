import { TimeoutQueue } from '../concurrency/timeout-queue.js';
import type { OperationRun } from '../graphql/operation-run.js';
import { type Executed, type Outcome, type Refused, refuse } from '../graphql/outcome.js';

/**
 * The operations whose work has not ended. One that timed out counts until then: its client has a response, but what it has
 * started goes on, and a client that sends it again must not pile up work beyond the maximum.
 *
 * All work ends. A statement has timeouts (`session-settings.ts`), 12 s with the wait for its connection; an abandoned
 * operation starts no further change, and reads nest no deeper than LIMIT_DEPTH. One thing is not counted: where an error
 * leaves nothing of the data, graphql-js responds without waiting for the other fields of the query. Those end alike.
 */
export interface InFlight {
  /** The outcome of an operation; OVERLOADED where too many are in flight, UNAVAILABLE where it takes too long. */
  process(run: OperationRun, work: () => Promise<Outcome>): Promise<Outcome>;
  /** Has every operation time out now. */
  timeOutAll(): void;
}

/** @param options.max operations in flight. @param options.timeoutSeconds of each. */
export function createInFlight({ max, timeoutSeconds }: { max: number; timeoutSeconds: number }): InFlight {
  const inFlight = new Set<() => void>();
  const timeouts = new TimeoutQueue(timeoutSeconds * 1_000);
  return {
    process: async (run, work) => {
      if (inFlight.size >= max) return OVERLOADED;
      return await new Promise((resolve, reject) => {
        const timeOut = () => resolve(abandon(run));
        const cancel = timeouts.start(timeOut);
        const end = () => {
          cancel();
          inFlight.delete(timeOut);
        };
        inFlight.add(timeOut);
        work().finally(end).then(resolve, reject);
      });
    },
    timeOutAll: () => {
      for (const timeOut of inFlight) timeOut();
    },
  };
}

const OVERLOADED = refuse({
  code: 'OVERLOADED',
  message: 'The server is overloaded. Retry after 1 s.',
  retryAfterSeconds: 1,
});

/** The outcome of an operation that takes too long. What it has started may still happen; it starts nothing more. */
function abandon(run: OperationRun): Executed | Refused {
  const started = run.abandon();
  const refused = refuse({
    code: 'UNAVAILABLE',
    message: 'The operation took too long. Retry shortly.',
    retryAfterSeconds: 1,
    ...(started === 'mutation' && { effect: 'UNKNOWN' }),
  });
  return started === undefined ? refused : { kind: 'RESPONSE', body: { errors: refused.errors, data: null } };
}
