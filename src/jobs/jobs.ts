import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';

/** Deletes rows that nobody needs any more, so many at most. Answers how many it was. */
export type Chore = (transaction: Database, most: number) => Promise<number>;

export interface HousekeepingOptions {
  readonly database: Database;
  readonly chores: readonly Chore[];
  /** On average: nodes that started together soon do it at different times. */
  readonly everySeconds: number;
  /** Hears why a round was given up; the next one begins where it ended. */
  readonly onFailure: (error: unknown) => void;
}

/** Does the chores again and again, in the background, until it is stopped. */
export interface Housekeeping {
  /** Begins nothing more, and resolves when what had begun is done. */
  stop(): Promise<void>;
}

export function startHousekeeping({ database, chores, everySeconds, onFailure }: HousekeepingOptions): Housekeeping {
  const stopping = new AbortController();
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const schedule = () => {
    timer = setTimeout(begin, everySeconds * 1_000 * (0.5 + Math.random())).unref();
  };
  const begin = () => {
    round = doChores(database, chores, stopping.signal)
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
      await round;
    },
  };
}

/** Small enough that whoever wants one of the rows waits for some milliseconds at most. */
const BATCH = 500;

/** Does each chore to its end, unless another node is at it. */
export async function doChores(database: Database, chores: readonly Chore[], signal?: AbortSignal): Promise<void> {
  for (const chore of chores) {
    let done = BATCH;
    while (done === BATCH && signal?.aborted !== true) done = await doSome(database, chore);
  }
}

/** Any number will do, if it is always the same and no other lock's: 'chores' in ASCII. */
const CHORES_LOCK = 0x63686f726573;

/** A batch is a transaction of its own, and its lock as well: a pooler in transaction mode can carry it. */
async function doSome(database: Database, chore: Chore): Promise<number> {
  return await database.transaction(async (transaction) => {
    const { rows } = await transaction.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${CHORES_LOCK}) as mine`,
    );
    return rows[0]?.mine === true ? await chore(transaction, BATCH) : 0;
  });
}
