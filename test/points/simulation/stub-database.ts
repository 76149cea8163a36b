import type { Scheduler } from 'fast-check';
import pg from 'pg';
import type { Credential } from '../../../src/auth/actor.js';
import type { Role } from '../../../src/auth/principal.js';
import type { ApplyPoints, Attempt, ChangeResult, PointsChange } from '../../../src/points/change.js';
import type { Clock } from '../../../src/points/clock.js';
import { refKey } from '../../../src/users/user.js';
import { createModel, type Model, type ModelEntry, type ModelLimits } from './model.js';

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
  readonly models: ReadonlyMap<string, Model>;
  /** The entries that were written for a change, by its reason. */
  readonly effects: ReadonlyMap<string, readonly ModelEntry[]>;
  /** While a user, or the counter of a token, is in here, another session has their account, or it, locked. */
  readonly locked: Set<string>;
  /** Those of the token that has a counter. */
  readonly limits: ModelLimits;
  readonly credentials: StubCredentials;
}

/** The tokens and sessions of the database, all alive at first. */
export interface StubCredentials {
  isAlive(credential: Credential): boolean;
  /** How often the credential ended or became good again. */
  changesOf(credential: Credential): number;
  /** Ends a token or a session for good. */
  end(id: string): void;
  /** Gives the user of a session another role. */
  setRole(sessionId: string, role: Role): void;
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

function createStubCredentials(): StubCredentials {
  const ended = new Set<string>();
  const roles = new Map<string, Role>();
  const changes = new Map<string, number>();
  const count = (id: string) => changes.set(id, (changes.get(id) ?? 0) + 1);
  return {
    isAlive: (credential) => {
      if (credential.kind === 'NONE') return true;
      if (credential.kind === 'APP') return !ended.has(credential.tokenId);
      return !ended.has(credential.sessionId) && (roles.get(credential.sessionId) ?? 'ADMIN') === credential.role;
    },
    changesOf: (credential) => (credential.kind === 'NONE' ? 0 : (changes.get(idOf(credential)) ?? 0)),
    end: (id) => {
      ended.add(id);
      count(id);
    },
    setRole: (sessionId, role) => {
      roles.set(sessionId, role);
      count(sessionId);
    },
  };
}

function idOf(credential: Exclude<Credential, { kind: 'NONE' }>): string {
  return credential.kind === 'APP' ? credential.tokenId : credential.sessionId;
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
  const models = new Map(userIds.map((id) => [id, createModel()]));
  const effects = new Map<string, ModelEntry[]>();
  const locked = new Set<string>();
  const coming = [...faults];
  const credentials = createStubCredentials();
  const limits: ModelLimits = { maxAddedPerDay: MAX_ADDED, used: new Map() };

  /** What a statement does, in one moment. */
  function execute(attempts: readonly Attempt[], isPatient: boolean): ChangeResult[] {
    if (attempts.some(({ change }) => change.reason?.startsWith('poison'))) throw refusedWith('23514');
    if (isPatient ? attempts.some(isLocked) : waitsForCounter(attempts)) throw refusedWith('55P03');
    return attempts.map(answer);
  }

  function isLocked({ change }: Attempt): boolean {
    return locked.has(userIdOf(change));
  }

  /** A counter is waited for where all changes of a statement count in it. */
  function waitsForCounter(attempts: readonly Attempt[]): boolean {
    return attempts.every(({ change }) => locked.has(counterOf(change) ?? ''));
  }

  function answer({ change, isRetry }: Attempt): ChangeResult {
    const userId = userIdOf(change);
    const model = models.get(userId);
    const isEnded = !(isAllowed ?? credentials.isAlive)(change.credential);
    if (isEnded && (model === undefined || !isRetry)) return { outcome: 'CREDENTIAL_ENDED' };
    if (model === undefined) return { outcome: 'USER_NOT_FOUND', replayed: false };
    if (isLocked({ change, isRetry })) return { outcome: 'BUSY', of: 'ACCOUNT' };
    if (locked.has(counterOf(change) ?? '')) return { outcome: 'BUSY', of: 'COUNTER' };
    const counted = counterOf(change) === null ? undefined : limits;
    const result = model.apply({ ...change, userId, isEnded, limits: counted });
    const { outcome, replayed, entry } = result;
    if (outcome === 'CREDENTIAL_ENDED') return { outcome };
    const isKept = entry !== undefined || (change.idempotencyKey !== null && STORED.has(outcome));
    if (isKept && !replayed) onKept(change);
    if (entry === undefined) return { ...result, outcome: outcome as 'BALANCE_LIMIT', exceeded: undefined };
    const reason = change.reason ?? '';
    if (!replayed) effects.set(reason, [...(effects.get(reason) ?? []), entry]);
    const user = { id: userId, username: userId, role: 'USER', createdAt: EPOCH, deletedAt: null } as const;
    const kept = { ...entry, kind: entry.kind as 'ADD', userId, reason, ...NOT_NOTED };
    return { outcome: 'APPLIED', applied: { entry: kept, user, username: userId, replayed } };
  }

  return {
    models,
    effects,
    locked,
    limits,
    credentials,
    run: async (attempts, waitMs) => {
      const { kind, takesMs } = coming.shift() ?? { kind: 'NONE', takesMs: 1 };
      await clock.pass('a statement on its way', takesMs / 2);
      if (waitMs > 0 ? attempts.some(isLocked) : waitsForCounter(attempts)) {
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

/** The refusals that are stored under a key. */
export const STORED: ReadonlySet<string> = new Set([
  'INSUFFICIENT_POINTS',
  'BALANCE_LIMIT',
  'ALREADY_REVERSED',
  'IDEMPOTENCY_KEY_CLOSED',
]);

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

const EPOCH = new Date(0);

const NOT_NOTED = { recordedAt: EPOCH, effectiveAt: null, reference: null, metadata: null };
