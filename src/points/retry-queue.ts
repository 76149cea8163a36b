/**
 * Attempts changes again that met a lock or a failure, until each has a result or its deadline has passed.
 *
 * Per account in order, with one statement in flight, so that neither a lock nor a change that the database refuses
 * delays another account. After a failure a batch is attempted one change at a time; while the database cannot
 * be reached, with pauses.
 */
import { type Attempted, RetryQueue } from '../concurrency/retry-queue.js';
import { databaseFailure } from '../database/failure.js';
import { type ApplyPoints, type ChangeResult, concernsTwoUsers, MAX_PER_STATEMENT } from './change.js';
import type { Clock } from './clock.js';
import type { PendingChange } from './pending-change.js';

/** Statements in flight: each may wait for a lock. */
const MAX_STATEMENTS = 2;

/**
 * How long a statement waits for a lock. Accounts that stay locked take turns, two at a time, with one that is locked only
 * for a moment: with ten of them before it, it waits half a second, however many lists wait for them.
 */
const LOCK_WAIT_MS = 100;

/** How often a change between two users waits for a lock before later changes of its list may happen before it. */
const MAX_LOCK_TIMEOUTS = 10;

/** The maximum number of changes that wait for one account. */
const MAX_PER_ACCOUNT = 2_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 1_000;

/** No attempt begins for this long after a lost connection: thousands of accounts may wait for the database. */
const AWAY_MS = 250;

export interface ChangeQueue {
  /** Whether changes of the queue wait; later ones have to queue after them. */
  has(queue: string): boolean;
  /** Each is resolved or rejected: by its deadline and the time that one statement takes. */
  add(queue: string, changes: readonly PendingChange[]): void;
}

export interface RetryQueueOptions {
  readonly run: ApplyPoints;
  readonly clock: Clock;
  /** Takes changes that wait for the counter of their token, or for long: they do not keep others of the queue waiting. */
  readonly onLate: (changes: readonly PendingChange[]) => void;
}

export function createRetryQueue({ run, clock, onLate }: RetryQueueOptions): ChangeQueue {
  let awayUntil = Number.NEGATIVE_INFINITY;

  async function attempt(changes: readonly PendingChange[]): Promise<Attempted<PendingChange>> {
    const batch = rejectExpired(changes, clock.now());
    const [first] = batch;
    if (first === undefined) return { next: 'NEXT' };
    const key = first.queue;
    if (clock.now() < awayUntil) return { next: 'BACK_OFF', items: batch };
    try {
      const results = await run(
        batch.map((pending) => pending.toAttempt()),
        LOCK_WAIT_MS,
      );
      const busy = settleChanges(batch, results);
      onLate(busy.counter);
      const items = busy.account.filter(({ queue }) => queue === key);
      // The others wait for the other user now.
      for (const pending of busy.account.filter(({ queue }) => queue !== key)) add(pending.queue, [pending]);
      return items.length === 0 ? { next: 'NEXT' } : { next: 'BACK_OFF', items };
    } catch (error) {
      if (isLockTimeout(error)) return afterLockTimeout(batch, onLate);
      if (databaseFailure(error)?.kind !== 'refused') awayUntil = clock.now() + AWAY_MS;
      return afterFailure(batch, error);
    }
  }

  const queue = new RetryQueue<PendingChange>({
    attempt,
    maxBatch: MAX_PER_STATEMENT,
    maxPerKey: MAX_PER_ACCOUNT,
    maxInFlight: MAX_STATEMENTS,
    turnOf: ({ awaited }) => awaited,
    firstPauseMs: FIRST_PAUSE_MS,
    maxPauseMs: MAX_PAUSE_MS,
    delay: clock.delay,
  });
  function add(key: string, changes: readonly PendingChange[]): void {
    for (const pending of queue.add(key, changes)) pending.rejectWithTimeout();
  }

  return { has: (key) => queue.has(key), add };
}

/** The statement has waited already, for the account of its first change alone. */
function afterLockTimeout(
  batch: readonly PendingChange[],
  onLate: RetryQueueOptions['onLate'],
): Attempted<PendingChange> {
  const [first, ...others] = batch;
  if (first === undefined || !concernsTwoUsers(first.change) || first.countLockTimeout() <= MAX_LOCK_TIMEOUTS)
    return { next: 'RETRY', items: batch };
  onLate([first]);
  return others.length === 0 ? { next: 'NEXT' } : { next: 'RETRY', items: others };
}

function afterFailure(batch: readonly PendingChange[], error: unknown): Attempted<PendingChange> {
  const items = retryable(batch, error);
  const [first] = items;
  if (first === undefined) return { next: 'NEXT' };
  const failure = databaseFailure(error);
  if (failure?.kind !== 'refused') return { next: 'BACK_OFF', items };
  if (items.length > 1) return { next: 'SPLIT', items };
  if (TRANSIENT_SQLSTATES.test(failure.sqlState)) return { next: 'BACK_OFF', items };
  first.reject(error);
  return { next: 'NEXT' };
}

/**
 * Refusals that another attempt may not meet: a conflict with another transaction (class 40; 23505 where two of them
 * wrote the same entry), a lack of resources (class 53), a statement that was cancelled.
 */
const TRANSIENT_SQLSTATES = /^(40|53|23505|57014)/;

/** Whether a statement failed because its wait for a lock timed out. */
export function isLockTimeout(error: unknown): boolean {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && failure.sqlState === '55P03';
}

/** Settles changes by the results of their statement, and returns those whose account, or counter, was busy. */
export function settleChanges(changes: readonly PendingChange[], results: readonly ChangeResult[]) {
  const busy = { account: [] as PendingChange[], counter: [] as PendingChange[] };
  for (const [index, pending] of changes.entries()) {
    const settled = pending.settle(results[index] ?? { outcome: 'BUSY', of: 'ACCOUNT' });
    if (settled === 'ACCOUNT') busy.account.push(pending);
    if (settled === 'COUNTER') busy.counter.push(pending);
  }
  return busy;
}

/** Those whose deadline has not passed; the others are rejected. */
export function rejectExpired(changes: readonly PendingChange[], now: number): PendingChange[] {
  return changes.filter((pending) => pending.checkDeadline(now));
}

/** Those to attempt again after their statement failed; the others are rejected. */
export function retryable(changes: readonly PendingChange[], error: unknown): PendingChange[] {
  return changes.filter((pending) => pending.survives(error));
}
