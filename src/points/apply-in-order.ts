/**
 * Applies many changes, 100 at a time in the order given. The next 100 do not wait for late ones, such as those of a locked
 * account: only later changes of the same account do. A late change checks the credential once more in its own statement.
 */
import { type Applied, MAX_PER_STATEMENT, type PointsChange } from './change.js';
import type { Clock } from './clock.js';

type Results = PromiseSettledResult<Applied>[];

/** How long the next changes wait for the last ones. A statement takes some milliseconds. */
const LATE_MS = 250;

export interface ApplyInOrderOptions {
  readonly clock: Clock;
  /** Names the queue of a user's changes. */
  readonly accountOf: (change: PointsChange) => string;
  /** Applies changes in their order. */
  readonly submit: (changes: readonly PointsChange[]) => readonly Promise<Applied>[];
  /** Awaited before each 100 but the first. Where it rejects, the rest is rejected with its error. */
  readonly recheck: () => Promise<void>;
}

interface IndexedChange {
  readonly index: number;
  readonly account: string;
  readonly change: PointsChange;
}

/** @returns a result for each change, in their order. Those of one account happen in the order given. */
export async function applyInOrder(
  changes: readonly PointsChange[],
  { clock, accountOf, submit, recheck }: ApplyInOrderOptions,
): Promise<Results> {
  const results: Results = [];
  const inFlight = new Map<string, Promise<void>>();
  let waiting = changes.map((change, index): IndexedChange => ({ index, account: accountOf(change), change }));

  const start = (changes: readonly IndexedChange[]) => {
    const submitted = submit(changes.map(({ change }) => change));
    const ofAccounts = new Map<string, Promise<void>[]>();
    for (const [nth, { index, account }] of changes.entries()) {
      const finished = Promise.allSettled(submitted.slice(nth, nth + 1)).then(([result]) => {
        if (result !== undefined) results[index] = result;
      });
      ofAccounts.set(account, [...(ofAccounts.get(account) ?? []), finished]);
    }
    for (const [account, all] of ofAccounts) {
      const finished = Promise.all(all).then(() => {
        inFlight.delete(account);
      });
      inFlight.set(account, finished);
    }
  };

  for (let isFirst = true; waiting.length > 0; isFirst = false) {
    const isStartable = ({ account }: IndexedChange) => !inFlight.has(account);
    if (!waiting.some(isStartable)) await Promise.race(inFlight.values());
    try {
      if (!isFirst) await recheck();
    } catch (reason) {
      for (const { index } of waiting) results[index] = { status: 'rejected', reason };
      break;
    }
    const next = waiting.filter(isStartable).slice(0, MAX_PER_STATEMENT);
    const started = new Set(next);
    waiting = waiting.filter((change) => !started.has(change));
    start(next);
    if (waiting.length > 0) await Promise.race([Promise.all(inFlight.values()), clock.delay(LATE_MS)]);
  }
  await Promise.all(inFlight.values());
  return results;
}
