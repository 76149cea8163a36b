import { createBatcher } from '../concurrency/batcher.js';
import { createKeyedBatchers } from '../concurrency/keyed-batchers.js';
import { createLimiter } from '../concurrency/limiter.js';
import { QueueFull } from '../concurrency/queue-full.js';
import { applyInOrder } from './apply-in-order.js';
import {
  type Applied,
  type ApplyPoints,
  type ChangeResult,
  MAX_PER_STATEMENT,
  type PointsChange,
  type Written,
} from './change.js';
import type { Clock } from './clock.js';
import { PendingChange } from './pending-change.js';
import { accountsOf, queueOf, queuesOfList } from './queues.js';
import { createRetryQueue, isLockTimeout, rejectExpired, retryable, settleChanges } from './retry-queue.js';

/**
 * Applies changes of points. A result is durable before it is returned. A rejected change had no effect, unless the error
 * is `WithExtensions` with the effect `UNKNOWN`.
 */
export interface Ledger {
  /** @throws PointsRefused, StaleCredential, PointsBusy, QueueFull, DatabaseUnavailable, OutcomeUnknown */
  apply(change: PointsChange): Promise<Applied>;
  /**
   * Each is definite by itself. They happen in the order given, but for those that meet a lock or a failure, which are late;
   * those of one user, who is named by id, in any case, unless their credential ends for a while, or one of them waits longer
   * than one or two seconds for the balance of another user. They are applied 100 at a time. No attempt begins after 15 s.
   *
   * @param recheck awaited before each 100 but the first. Where it rejects, the rest is rejected with its error.
   */
  applyAll(changes: readonly PointsChange[], recheck?: () => Promise<void>): Promise<PromiseSettledResult<Applied>[]>;
  /** Changes that have no result yet. Beyond 20,000 further ones are refused. */
  readInFlight(): number;
}

export interface LedgerOptions {
  readonly run: ApplyPoints;
  readonly clock: Clock;
  /** A statement failed. Its changes may be attempted again. */
  readonly onFailure: (error: unknown) => void;
  /** A change wrote something, which is durable. */
  readonly onWritten: (written: Written, change: PointsChange) => void;
}

/** Changes in flight, of all users together. */
const MAX_IN_FLIGHT = 20_000;

/** Between two attempts at changes whose counter another transaction holds. */
const COUNTER_PAUSE_MS = 50;

/** Statements in flight that wait for a counter, or change one. */
const MAX_COUNTER_STATEMENTS = 2;

/** An attempt takes up to 13 s where the database stops responding: so every change has a result within 28 s. */
const START_DEADLINE_MS = 15_000;

interface Submission {
  /** Applies changes of one credential in their order, and those of a queue in any case. No attempt begins after the deadline. */
  submit(
    changes: readonly PointsChange[],
    options: { readonly deadline: number; readonly queueOf: (change: PointsChange) => string | undefined },
  ): readonly Promise<Applied>[];
  readInFlight(): number;
}

export function createLedger({ run, clock, onFailure, onWritten }: LedgerOptions): Ledger {
  const { submit, readInFlight } = createSubmission({ attempt: reportFailures(run, onFailure), clock, onWritten });
  let lists = 0;
  return {
    apply: async (change) => {
      const [applied] = submit([change], { deadline: clock.now() + START_DEADLINE_MS, queueOf });
      if (applied === undefined) throw new Error('A change of points has no result.');
      return await applied;
    },
    applyAll: async (changes, recheck = async () => {}) => {
      const deadline = clock.now() + START_DEADLINE_MS;
      const options = { deadline, queueOf: queuesOfList(changes, `list ${++lists}`) };
      const submitInOrder = (group: readonly PointsChange[]) => submit(group, options);
      return await applyInOrder(changes, { clock, accountsOf, submit: submitInOrder, recheck });
    },
    readInFlight,
  };
}

function reportFailures(run: ApplyPoints, onFailure: LedgerOptions['onFailure']): ApplyPoints {
  return async (attempts, waitMs) => {
    try {
      return await run(attempts, waitMs);
    } catch (error) {
      if (!isLockTimeout(error)) onFailure(error);
      throw error;
    }
  };
}

/**
 * Concurrent changes share a statement, and so a commit: one account is not bound to one change per commit. That
 * statement does not wait for balances. Changes that met a lock or a failure go to the retry queue, and so do later ones of
 * the same account, as long as it has some.
 *
 * Changes that count against a limit for a day over all users share statements with others of the same counter only. That
 * statement waits for the counter, which other nodes may hold, for 0.1 s. Changes that do not get it are attempted again after
 * a pause, apart from the retry queue, so that no other change of their account waits for it.
 */
function createSubmission({ attempt, clock, onWritten }: Attempts): Submission {
  const retries = createRetryQueue({ run: attempt, clock, onLate: (group) => void routeLater(group) });
  const batcher = createChangeBatcher({ attempt, clock });
  const counterStatements = createLimiter({ max: MAX_COUNTER_STATEMENTS });
  const counterBatchers = createKeyedBatchers(() =>
    createChangeBatcher({ attempt: (...args) => counterStatements(() => attempt(...args)), clock }),
  );
  let inFlight = 0;

  function retry(group: readonly PendingChange[]): void {
    for (const [queue, changes] of groupBy(group, ({ queue }) => queue)) retries.add(queue, changes);
  }

  async function route(group: readonly PendingChange[]): Promise<void> {
    const late = new Set(group.filter(({ queue }) => retries.has(queue)));
    retry([...late]);
    const next = group.filter((pending) => !late.has(pending));
    const [first] = next;
    if (first === undefined) return;
    const counter = counterOf(first.change);
    try {
      const results = await (counter === null ? batcher(next) : counterBatchers(counter, next));
      const busy = settleChanges(next, results);
      retry(busy.account);
      await routeLater(busy.counter);
    } catch (error) {
      if (isLockTimeout(error)) await routeLater(next);
      else retry(retryable(next, error));
    }
  }

  /** After a pause, in which others get the balances that the statement has held while it waited for the counter. */
  async function routeLater(group: readonly PendingChange[]): Promise<void> {
    if (group.length === 0) return;
    await clock.delay(COUNTER_PAUSE_MS);
    await Promise.all([...groupBy(group, ({ change }) => counterOf(change)).values()].map(route));
  }

  const submit: Submission['submit'] = (changes, { deadline, queueOf }) => {
    if (inFlight + changes.length > MAX_IN_FLIGHT) return changes.map(() => Promise.reject(new QueueFull()));
    inFlight += changes.length;
    const group = changes.map((change) => new PendingChange(change, { deadline, queue: queueOf(change), onWritten }));
    void route(group);
    const results = group.map(({ result }) => result);
    void Promise.allSettled(results).then(() => {
      inFlight -= changes.length;
    });
    return results;
  };
  return { submit, readInFlight: () => inFlight };
}

function groupBy<Key>(
  group: readonly PendingChange[],
  keyOf: (pending: PendingChange) => Key,
): Map<Key, PendingChange[]> {
  const groups = new Map<Key, PendingChange[]>();
  for (const pending of group) {
    const key = keyOf(pending);
    const changes = groups.get(key) ?? [];
    groups.set(key, changes);
    changes.push(pending);
  }
  return groups;
}

interface Attempts extends Pick<LedgerOptions, 'clock' | 'onWritten'> {
  readonly attempt: ApplyPoints;
}

/** A batcher that makes one statement of the changes of many accounts. */
function createChangeBatcher({ attempt, clock }: Pick<Attempts, 'attempt' | 'clock'>) {
  const run = async (groups: readonly (readonly PendingChange[])[]): Promise<readonly ChangeResult[][]> => {
    const current = groups.map((group) => rejectExpired(group, clock.now()));
    const attempts = current.flat().map((pending) => pending.toAttempt());
    const results = attempts.length === 0 ? [] : [...(await attempt(attempts, 0))];
    return current.map(({ length }) => results.splice(0, length));
  };
  return createBatcher({
    maxBatch: MAX_PER_STATEMENT,
    sizeOf: (group: readonly PendingChange[]) => group.length,
    maxQueue: MAX_IN_FLIGHT,
    run,
  });
}

/** The counter that a change counts against; null: none. */
function counterOf({ credential }: PointsChange): string | null {
  return credential.kind === 'APP' ? credential.dayCounter : null;
}
