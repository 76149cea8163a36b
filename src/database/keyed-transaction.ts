import { LaneOverloaded } from '../concurrency/batcher.js';
import type { Database } from './connect.js';

/** Transactions that may wait for one key: as many as there can be requests in flight. */
const MAX_WAITING = 5_000;

/** A transaction that has not begun by then does not begin: its client is about to be told that it takes too long. */
const START_WITHIN_MS = 15_000;

/** How many transactions there are for each key, and the last of them, per database. */
const turns = new WeakMap<Database, Map<string, { count: number; last: Promise<unknown> }>>();

/**
 * Runs a transaction that locks what the key names, after those of this process that have the same key. They would wait
 * for each other in the database anyway; here they wait without a connection, so that a row which somebody holds for
 * long costs one connection of the pool, not all of them.
 *
 * @param turn.recheck is called before a transaction that had to wait begins; where it throws, the transaction does not.
 * @throws LaneOverloaded when too many wait already, or the turn does not come within 15 s. Nothing was done.
 */
export async function inTurn<Result>(
  database: Database,
  { key, recheck }: { readonly key: string; readonly recheck: () => Promise<void> },
  work: (transaction: Database) => Promise<Result>,
): Promise<Result> {
  const queues = turns.get(database) ?? new Map<string, { count: number; last: Promise<unknown> }>();
  turns.set(database, queues);
  const queue = queues.get(key) ?? { count: 0, last: Promise.resolve() };
  const hasToWait = queue.count > 0;
  if (queue.count >= MAX_WAITING) throw new LaneOverloaded();
  queues.set(key, queue);
  queue.count += 1;
  const deadline = performance.now() + START_WITHIN_MS;
  const turn = queue.last.then(async () => {
    if (hasToWait) await recheck();
    if (performance.now() > deadline) throw new LaneOverloaded();
    return await database.transaction(work);
  });
  queue.last = turn.catch(() => undefined);
  try {
    return await turn;
  } finally {
    queue.count -= 1;
    if (queue.count === 0) queues.delete(key);
  }
}
