import type { OperationRun } from '../graphql/operation-run.js';
import { type Executed, type Outcome, type Refused, refuse } from '../graphql/outcome.js';

/** The operations that are being processed. */
export interface InFlight {
  /** The outcome of an operation; OVERLOADED where too many are in flight, UNAVAILABLE where it takes too long. */
  process(run: OperationRun, work: () => Promise<Outcome>): Promise<Outcome>;
  /** Has every operation time out now. */
  timeOutAll(): void;
}

/** @param options.max operations in flight. @param options.timeoutSeconds of each. */
export function createInFlight({ max, timeoutSeconds }: { max: number; timeoutSeconds: number }): InFlight {
  const inFlight = new Set<() => void>();
  return {
    process: async (run, work) => {
      if (inFlight.size >= max) return OVERLOADED;
      let timeOut = () => {};
      const timedOut = new Promise<Outcome>((resolve) => {
        timeOut = () => resolve(abandon(run));
      });
      const timer = setTimeout(timeOut, timeoutSeconds * 1_000).unref();
      inFlight.add(timeOut);
      try {
        return await Promise.race([work(), timedOut]);
      } finally {
        clearTimeout(timer);
        inFlight.delete(timeOut);
      }
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
