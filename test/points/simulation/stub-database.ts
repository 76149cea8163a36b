import type { Scheduler } from 'fast-check';
import pg from 'pg';
import type { Credential } from '../../../src/auth/actor.js';
import {
  type ApplyPoints,
  type Attempt,
  type ChangeResult,
  concernsTwoUsers,
  type PointsChange,
} from '../../../src/points/change.js';
import type { Clock } from '../../../src/points/clock.js';
import { refKey } from '../../../src/users/user.js';
import { createModel, type Model, type ModelOutcome, STORED } from './model.js';
import type { ModelLimits } from './model-limits.js';
import { createStubCredentials, type StubCredentials } from './stub-credentials.js';
import { toModelAction, toResult } from './stub-results.js';

/** How much a token with a counter may add. */
export const MAX_ADDED = 12;

/** How long a statement without retries waits for a counter. */
const COUNTER_WAIT_MS = 100;

/** What happens to one statement, and how long it takes. */
export interface Fault {
  readonly kind:
    | 'NONE'
    /** There is no connection. */
    | 'NOT_SENT'
    /** The connection ends before the statement has come to anything … */
    | 'LOST_BEFORE'
    /** … or after it has had its effect … */
    | 'LOST_AFTER'
    /** … or while the server goes on with it, for an unknown time. */
    | 'LOST_WHILE_IT_RUNS'
    /** The server undoes it. */
    | 'SERIALIZATION_FAILURE'
    | 'UNIQUE_VIOLATION'
    | 'CANCELLED'
    | 'TERMINATED';
  readonly takesMs: number;
}

/** A database out of thin air: it keeps the rules of the model, and what goes wrong is up to a scheduler and a list. */
export interface StubDatabase {
  readonly run: ApplyPoints;
  readonly model: Model;
  /** What was written for a change, by its reason. */
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
  /** While a user, or the counter of a token, is in here, another session has their account, or it, locked. */
  readonly locked: Set<string>;
  /** Those of the token that has a counter. */
  readonly limits: ModelLimits;
  readonly credentials: StubCredentials;
}

/** What a change wrote. */
export interface Effect {
  /** Its number among all effects. */
  readonly number: number;
  /** The users whose points it concerns. */
  readonly userIds: readonly string[];
  readonly outcome: ModelOutcome;
}

/** A time that passes only when something is waited for. */
export interface StubClock extends Clock {
  /** Lets a turn pass, and with it the time. */
  pass(what: string, ms: number): Promise<void>;
}

export function createStubClock(scheduler: Scheduler): StubClock {
  let now = 0;
  const pass = async (what: string, ms: number) => {
    const end = now + ms;
    await scheduler.schedule(Promise.resolve(), what);
    now = Math.max(now, end);
  };
  return { now: () => now, delay: (ms) => pass('a pause', ms), pass };
}

/**
 * @param onKept hears, at the moment it happens, of each change that leaves something in the database.
 * @param isAllowed whether a statement finds a credential as its change was allowed; by default its own credentials tell.
 */
export function createStubDatabase(
  clock: StubClock,
  userIds: readonly string[],
  faults: readonly Fault[],
  onKept: (change: PointsChange) => void,
  isAllowed?: (credential: Credential) => boolean,
): StubDatabase {
  const model = createModel(userIds, () => clock.now() / 1_000);
  const effects = new Map<string, Effect[]>();
  let written = 0;
  const locked = new Set<string>();
  const coming = [...faults];
  const credentials = createStubCredentials();
  const limits: ModelLimits = { maxAddedPerDay: MAX_ADDED, used: new Map() };

  /** What a statement does, in one moment. */
  function execute(attempts: readonly Attempt[], isPatient: boolean): ChangeResult[] {
    if (attempts.some(({ change }) => change.reason?.startsWith('poison'))) throw refusedWith('23514');
    if (isPatient ? waitsForAccount(attempts) : waitsForCounter(attempts)) throw refusedWith('55P03');
    const late = new Set<string>();
    return attempts.map((attempt) => {
      const isLate = usersOf(attempt).some((id) => late.has(id));
      const result = answer(attempt, isLate || isLocked(attempt));
      if (result.outcome === 'BUSY' && concernsTwoUsers(attempt.change))
        for (const id of usersOf(attempt)) late.add(id);
      return result;
    });
  }

  function isLocked(attempt: Attempt): boolean {
    return usersOf(attempt).some((id) => locked.has(id));
  }

  /** One account is waited for: that of the first change. */
  function waitsForAccount([first]: readonly Attempt[]): boolean {
    return first !== undefined && locked.has(first.waitsFor ?? userIdOf(first.change));
  }

  /** The users whose points a change concerns. */
  function usersOf({ change }: Attempt): string[] {
    const asked = { userId: userIdOf(change), action: toModelAction(change.action) };
    const other = model.otherOf(asked);
    return other === undefined ? [asked.userId] : [asked.userId, other];
  }

  /** Of a change between two users: the one whose account is locked. */
  function busyUserOf(attempt: Attempt): string | undefined {
    return concernsTwoUsers(attempt.change) ? usersOf(attempt).find((id) => locked.has(id)) : undefined;
  }

  /** A counter is waited for where all changes of a statement count in it. */
  function waitsForCounter(attempts: readonly Attempt[]): boolean {
    return attempts.every(({ change }) => locked.has(counterOf(change) ?? ''));
  }

  function answer({ change, isRetry }: Attempt, isBusy: boolean): ChangeResult {
    const userId = userIdOf(change);
    const isKnown = model.accounts.has(userId);
    const isEnded = !(isAllowed ?? credentials.isAlive)(change.credential);
    if (isEnded && (!isKnown || !isRetry)) return { outcome: 'CREDENTIAL_ENDED' };
    if (isKnown && isBusy) return { outcome: 'BUSY', of: 'ACCOUNT', waitsFor: busyUserOf({ change, isRetry }) };
    if (isKnown && locked.has(counterOf(change) ?? '')) return { outcome: 'BUSY', of: 'COUNTER' };
    const counted = counterOf(change) === null ? undefined : limits;
    const action = toModelAction(change.action);
    const userIds = usersOf({ change, isRetry });
    const outcome = model.apply({ ...change, userId, action, isEnded, limits: counted });
    const isApplied = outcome.outcome === 'APPLIED';
    const isKept = isApplied || (change.idempotencyKey !== null && STORED.has(outcome.outcome));
    if (isKept && !outcome.replayed) onKept(change);
    const reason = change.reason ?? '';
    if (isApplied && !outcome.replayed) {
      const effect = { number: ++written, userIds, outcome };
      effects.set(reason, [...(effects.get(reason) ?? []), effect]);
    }
    return toResult(userId, outcome);
  }

  return {
    model,
    effects,
    locked,
    limits,
    credentials,
    run: async (attempts, waitMs) => {
      const { kind, takesMs } = coming.shift() ?? { kind: 'NONE', takesMs: 1 };
      await clock.pass('a statement on its way', takesMs / 2);
      if (waitMs > 0 ? waitsForAccount(attempts) : waitsForCounter(attempts)) {
        await clock.pass('a statement before a lock', waitMs || COUNTER_WAIT_MS);
      }
      if (kind === 'LOST_WHILE_IT_RUNS') {
        void clock
          .pass('a statement that was lost', takesMs)
          .then(() => execute(attempts, true))
          .catch(() => {});
        throw new Error('Query read timeout');
      }
      const failure = FAILURES[kind]();
      const answers = failure === undefined || kind === 'LOST_AFTER' ? execute(attempts, waitMs > 0) : [];
      await clock.pass('an answer on its way', takesMs / 2);
      if (failure !== undefined) throw failure;
      return answers;
    },
  };
}

/** The counter that the database counts a change in, whether the node knows of it or not. */
function counterOf({ credential }: PointsChange): string | null {
  return credential.kind === 'APP' && credential.tokenId === 'limited token' ? 'counter' : null;
}

/** In here a user is named by their id, or by its capitals. */
function userIdOf({ user }: PointsChange): string {
  return refKey(user);
}

const FAILURES: Readonly<Record<Exclude<Fault['kind'], 'LOST_WHILE_IT_RUNS'>, () => Error | undefined>> = {
  NONE: () => undefined,
  NOT_SENT: () => new Error('connect ECONNREFUSED 127.0.0.1:5432'),
  LOST_BEFORE: () => new Error('read ECONNRESET'),
  LOST_AFTER: () => new Error('Connection terminated unexpectedly'),
  SERIALIZATION_FAILURE: () => refusedWith('40001'),
  UNIQUE_VIOLATION: () => refusedWith('23505'),
  CANCELLED: () => refusedWith('57014'),
  TERMINATED: () => refusedWith('57P01'),
};

function refusedWith(code: string): Error {
  return Object.assign(new pg.DatabaseError('planted', 0, 'error'), { code });
}
