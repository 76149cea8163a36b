import { tryAdvisoryLock } from '../database/advisory-lock.js';
import type { Database } from '../database/connect.js';

/**
 * Periodic background work, in short transactions.
 *
 * @param limit the maximum number of rows to change.
 * @returns `MORE` to be called again at once, in another transaction.
 */
export type Job = (transaction: Database, limit: number) => Promise<'MORE' | 'DONE'>;

export interface JobsOptions {
  readonly database: Database;
  readonly jobs: readonly Job[];
  /** On average: it varies, so that nodes which started together do not stay together. */
  readonly intervalSeconds: number;
  /** Called when a run failed; the next one continues. */
  readonly onFailure: (error: unknown) => void;
}

export interface RunningJobs {
  /** Starts no further transaction, and resolves when the one in flight has ended. */
  stop(): Promise<void>;
}

/** Runs the jobs periodically, on one node at a time. */
export function startJobs({ database, jobs, intervalSeconds, onFailure }: JobsOptions): RunningJobs {
  const stopping = new AbortController();
  let run: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const schedule = () => {
    timer = setTimeout(start, intervalSeconds * 1_000 * (0.5 + Math.random())).unref();
  };
  const start = () => {
    run = runJobs(database, jobs, stopping.signal)
      .catch(onFailure)
      .finally(() => {
        if (!stopping.signal.aborted) schedule();
      });
  };
  schedule();
  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await run;
    },
  };
}

/** Rows of one transaction: few enough that another statement waits for one of them for milliseconds. */
const BATCH = 500;

/** Runs each job until it is done, or another node runs it. */
export async function runJobs(database: Database, jobs: readonly Job[], signal?: AbortSignal): Promise<void> {
  for (const job of jobs) {
    while (signal?.aborted !== true && (await runOnce(database, job)) === 'MORE');
  }
}

/** The key of the advisory lock of a running job. */
const JOBS_LOCK = 0x63686f726573;

/** One transaction with a lock of its own: a pooler in transaction mode can carry it. */
async function runOnce(database: Database, job: Job): Promise<'MORE' | 'DONE'> {
  return await database.transaction(async (transaction) =>
    (await tryAdvisoryLock(transaction, JOBS_LOCK)) ? await job(transaction, BATCH) : 'DONE',
  );
}
