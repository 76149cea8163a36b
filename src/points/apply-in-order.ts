/**
 * Applies many changes, 100 at a time in the order given. The next 100 do not wait for late ones, such as those of a locked
 * account: only later changes of the same accounts do. A late change checks the credential once more in its own statement.
 */
import { type Applied, MAX_PER_STATEMENT, type PointsChange } from './change.js';
import type { Clock } from './clock.js';

type Results = PromiseSettledResult<Applied>[];

/** How long the next changes wait for the last ones. A statement takes some milliseconds. */
const LATE_MS = 250;

/** How long a change between two users, which may wait for the balance of one, keeps later changes of the other waiting. */
const MAX_LATE_MS = 2_000;

export interface ApplyInOrderOptions {
  readonly clock: Clock;
  /** Names the accounts that a change concerns. */
  readonly accountsOf: (change: PointsChange) => readonly string[];
  /** Applies changes in their order. */
  readonly submit: (changes: readonly PointsChange[]) => readonly Promise<Applied>[];
  /** Awaited before each 100 but the first. Where it rejects, the rest is rejected with its error. */
  readonly recheck: () => Promise<void>;
}

interface IndexedChange {
  readonly index: number;
  readonly accounts: readonly string[];
  readonly change: PointsChange;
}

/**
 * @returns a result for each change, in their order. Those of one account happen in the order given, but for those that wait for
 *   a change between two users longer than {@link MAX_LATE_MS}.
 */
export async function applyInOrder(
  changes: readonly PointsChange[],
  { clock, accountsOf, submit, recheck }: ApplyInOrderOptions,
): Promise<Results> {
  const results: Results = [];
  const inFlight = new Map<string, InFlight>();
  const settled: Promise<void>[] = [];
  let waiting = changes.map((change, index): IndexedChange => ({ index, accounts: accountsOf(change), change }));

  const start = (changes: readonly IndexedChange[]) => {
    const submitted = submit(changes.map(({ change }) => change));
    for (const [nth, { index, accounts }] of changes.entries()) {
      const finished = Promise.allSettled(submitted.slice(nth, nth + 1)).then(([result]) => {
        if (result !== undefined) results[index] = result;
      });
      settled.push(finished);
      const lateAfter = accounts.length === 1 ? Number.POSITIVE_INFINITY : clock.now() + MAX_LATE_MS;
      for (const account of accounts) follow(inFlight, account, { finished, lateAfter });
    }
  };
  const startable = () => findStartable(waiting, inFlight, clock.now());
  const progress = () => [...[...inFlight.values()].map(({ finished }) => finished), clock.delay(LATE_MS)];

  for (let isFirst = true; waiting.length > 0; isFirst = false) {
    while (startable().length === 0) await Promise.race(progress());
    try {
      if (!isFirst) await recheck();
    } catch (reason) {
      for (const { index } of waiting) results[index] = { status: 'rejected', reason };
      break;
    }
    const next = startable().slice(0, MAX_PER_STATEMENT);
    const started = new Set(next);
    waiting = waiting.filter((change) => !started.has(change));
    start(next);
    const all = Promise.all([...inFlight.values()].map(({ finished }) => finished));
    if (waiting.length > 0) await Promise.race([all, clock.delay(LATE_MS)]);
  }
  await Promise.all(settled);
  return results;
}

/** Changes of an account that have no result yet. */
interface InFlight {
  readonly finished: Promise<void>;
  /** When later changes of the account no longer wait for them. */
  readonly lateAfter: number;
}

/** Adds a change to those of its account in flight, until all of them have a result. */
function follow(inFlight: Map<string, InFlight>, account: string, added: InFlight): void {
  const earlier = inFlight.get(account);
  const finished = Promise.all([earlier?.finished, added.finished]).then(() => {
    if (inFlight.get(account) === both) inFlight.delete(account);
  });
  const both = { finished, lateAfter: Math.max(earlier?.lateAfter ?? 0, added.lateAfter) };
  inFlight.set(account, both);
}

/** The changes none of whose accounts is in flight, or has an earlier change that waits. */
function findStartable(
  waiting: readonly IndexedChange[],
  inFlight: ReadonlyMap<string, InFlight>,
  now: number,
): IndexedChange[] {
  const busy = new Set([...inFlight].filter(([, { lateAfter }]) => lateAfter > now).map(([account]) => account));
  return waiting.filter(({ accounts }) => {
    const isBusy = accounts.some((account) => busy.has(account));
    if (isBusy) for (const account of accounts) busy.add(account);
    return !isBusy;
  });
}
