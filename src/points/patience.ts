import { databaseFailure } from '../database/failure.js';
import type { Clock } from './clock.js';
import { MAX_PER_STATEMENT, type RunOperations } from './operation.js';
import { fail, giveUp, inTime, isLocked, type Pending, settle, survivors, toAttempt } from './pending.js';

/** Where operations go that could not be decided at once, because of a lock or a failure. */
export interface Patience {
  /** Whether operations of the account are waiting; others have to queue up behind them. */
  isWaiting(account: string): boolean;
  /** Sees to it that each is answered or rejected: by its deadline and the time that one statement takes. */
  add(account: string, operations: readonly Pending[]): void;
}

/** How many statements may stand and wait at once. */
const MOST_STATEMENTS = 2;

/**
 * How long one of them waits for a lock. Many accounts that are locked for long take turns, and one that another node had
 * for a moment stands among them: behind ten of them for half a second.
 */
const LOCK_WAIT_MS = 100;

/** Operations that wait for one account. */
const MOST_PER_ACCOUNT = 2_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/** How long nobody tries once the database was found to be away: thousands of accounts may be waiting for it. */
const AWAY_MS = 250;

/**
 * Each account has a queue of its own, with one statement in flight: whatever is wrong with it, its lock or an operation
 * that the database will not have, keeps no other account waiting.
 */
export function createPatience({ run, clock }: { run: RunOperations; clock: Clock }): Patience {
  const queues = new Map<string, Pending[]>();
  const inSlot = createSlots(MOST_STATEMENTS);
  let awayUntil = Number.NEGATIVE_INFINITY;

  async function workOff(account: string, queue: Pending[]): Promise<void> {
    let oneByOne = 0;
    let pauseMs = FIRST_PAUSE_MS;
    while (queue.length > 0) {
      const next = await inSlot(() => attempt(queue, oneByOne > 0 ? 1 : MAX_PER_STATEMENT));
      if (next === 'ONE_BY_ONE') oneByOne = Math.min(queue.length, MAX_PER_STATEMENT);
      if (next === 'GO_ON' && oneByOne > 0) oneByOne -= 1;
      if (next === 'PAUSE') await clock.delay(pauseMs);
      pauseMs = next === 'PAUSE' ? Math.min(pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    }
    queues.delete(account);
  }

  /** Runs what stands first in the queue; what is to be run again goes back there. */
  async function attempt(queue: Pending[], most: number): Promise<Next> {
    const batch = inTime(queue.splice(0, most), clock.now());
    if (batch.length === 0) return 'GO_ON';
    if (clock.now() < awayUntil) {
      queue.unshift(...batch);
      return 'PAUSE';
    }
    try {
      const busy = settle(batch, await run(batch.map(toAttempt), LOCK_WAIT_MS));
      queue.unshift(...busy);
      return busy.length === 0 ? 'GO_ON' : 'PAUSE';
    } catch (error) {
      if (databaseFailure(error)?.kind !== 'refused') awayUntil = clock.now() + AWAY_MS;
      return afterFailure(queue, batch, error);
    }
  }

  return {
    isWaiting: (account) => queues.has(account),
    add: (account, operations) => {
      if (operations.length === 0) return;
      const queue = queues.get(account) ?? [];
      const room = Math.max(MOST_PER_ACCOUNT - queue.length, 0);
      operations.slice(room).forEach(giveUp);
      queue.push(...operations.slice(0, room));
      if (queues.has(account)) return;
      queues.set(account, queue);
      void workOff(account, queue);
    },
  };
}

/** What to do after an attempt: see to what is next in the queue, or try the same again. */
type Next = 'GO_ON' | 'TRY_AGAIN' | 'PAUSE' | 'ONE_BY_ONE';

function afterFailure(queue: Pending[], batch: readonly Pending[], error: unknown): Next {
  if (isLocked(error)) {
    queue.unshift(...batch);
    return 'TRY_AGAIN'; // it has waited already
  }
  const failure = databaseFailure(error);
  const [first, ...others] = survivors(batch, error);
  if (first === undefined) return 'GO_ON';
  if (failure?.kind === 'refused' && others.length === 0 && !PASSING.test(failure.sqlState)) {
    fail(first, error);
    return 'GO_ON';
  }
  queue.unshift(first, ...others);
  return failure?.kind === 'refused' && others.length > 0 ? 'ONE_BY_ONE' : 'PAUSE';
}

/**
 * Refusals that another attempt may be spared: a conflict with another transaction (class 40; 23505 where two of them
 * wrote the same line), a lack of resources (class 53), a statement that was cancelled.
 */
const PASSING = /^(40|53|23505|57014)/;

/** Lets so many go on at once; the others wait, first come, first served. */
function createSlots(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
