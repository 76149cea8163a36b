import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { createKeyedMutex } from '../concurrency/keyed-mutex.js';
import { QueueFull } from '../concurrency/queue-full.js';

/** Transactions that lock what a key names: a user, a token. */
export interface KeyedTransactions {
  /**
   * Runs a transaction after those of this process that have the same key. They would wait for each other in the database
   * anyway; here they wait without a connection, so that a row which is locked for long costs one connection of the pool,
   * not all of them.
   *
   * @param options.recheck awaited before a transaction that had to wait; where it rejects, the transaction does not begin.
   * @throws QueueFull when too many wait already, or the transaction could not begin within 15 s. Nothing was done.
   */
  run<Result>(options: KeyedOptions, work: (transaction: NodePgDatabase) => Promise<Result>): Promise<Result>;
}

interface KeyedOptions {
  readonly key: string;
  readonly recheck: () => Promise<void>;
}

/** Transactions that may wait for one key: as many as there can be requests in flight. */
const MAX_QUEUE = 5_000;

/** The client of a transaction that begins later is about to be told that the request timed out. */
const MAX_WAIT_MS = 15_000;

export function createKeyedTransactions(database: NodePgDatabase): KeyedTransactions {
  const inOrder = createKeyedMutex({ maxQueue: MAX_QUEUE, maxWaitMs: MAX_WAIT_MS });
  return {
    run: ({ key, recheck }, work) => {
      const deadline = performance.now() + MAX_WAIT_MS;
      return inOrder(key, async (waited) => {
        if (waited) await recheck();
        if (performance.now() > deadline) throw new QueueFull(); // the recheck waits for the database as well
        return await database.transaction(work);
      });
    },
  };
}
