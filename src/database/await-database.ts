/** Waits for a database that does not serve yet: one that starts, or that fails over. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { addressOf } from './address.js';
import { describeConnectionError, isPermanent, isReadOnly } from './connection-error.js';
import { databaseFailure, NoConnection } from './failure.js';
import { UnusableDatabase } from './unusable-database.js';

export interface AwaitOptions {
  /** Named in the log and in the error, without user and password. */
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly log: Logger;
  /** Ends the wait; undefined: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

const PAUSE_MS = 500;

/** The database responds and cannot be served from: it is read-only, for example. */
export class NotReady extends NoConnection {
  constructor(reason: string) {
    super(new Error(reason));
  }
}

/**
 * Repeats `work` while the database cannot be reached or is no primary, and returns its result.
 *
 * @throws UnusableDatabase when the time is over, or at once where the server refuses the user or the database.
 * @throws AbortError when the signal ends the wait.
 */
export async function awaitDatabase<Result>(
  { url, timeoutSeconds, log, signal }: AwaitOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeoutSeconds * 1_000;
  let isTold = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const failure = databaseFailure(error);
      if (!isPermanent(error) && (failure === undefined || failure.kind === 'refused')) throw error;
      const reason = describeConnectionError(error, url);
      const isLate = performance.now() >= deadline;
      if (isLate || isPermanent(error) || isRefusedLogin(failure?.cause)) {
        const waited = isLate ? ` after ${timeoutSeconds} s (DATABASE_START_TIMEOUT_SECONDS)` : '';
        const fault = error instanceof NotReady || isReadOnly(error) ? 'used' : 'reached';
        throw new UnusableDatabase(`The database cannot be ${fault}: ${addressOf(url)}${waited}: ${reason}.`, {
          cause: error,
        });
      }
      if (!isTold)
        log.info({ event: 'database_awaited', database: addressOf(url), reason }, 'waiting for the database');
      isTold = true;
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
}

/**
 * Wrong password or user (class 28), no such database (3D000), no right to connect (42501), a parameter that a pooler
 * refuses (08P01), or a setting in the URL's `options`: not known (42704), with a value (22023) or a name (42602) that is
 * not allowed.
 */
function isRefusedLogin(failure: Error | undefined): boolean {
  const cause = failure?.cause;
  return cause instanceof pg.DatabaseError && /^(28\w{3}|3D000|42501|08P01|42704|22023|42602)$/.test(cause.code ?? '');
}
