import type { Scheduler } from 'fast-check';
import pg from 'pg';
import type { Clock } from '../../src/points/clock.js';
import type { Answer, PointsOperation, RunOperations } from '../../src/points/operation.js';
import { createModel, type Model, type ModelEntry } from './model.js';

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
    /** … or while the server goes on with it, and nobody knows for how long. */
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
  readonly run: RunOperations;
  readonly models: ReadonlyMap<string, Model>;
  /** The entries that were written for an operation, by its reason. */
  readonly effects: ReadonlyMap<string, readonly ModelEntry[]>;
  /** While a user is in here, somebody else has their account locked. */
  readonly locked: Set<string>;
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

export function createStubDatabase(
  clock: StubClock,
  userIds: readonly string[],
  faults: readonly Fault[],
): StubDatabase {
  const models = new Map(userIds.map((id) => [id, createModel()]));
  const effects = new Map<string, ModelEntry[]>();
  const locked = new Set<string>();
  const coming = [...faults];

  /** What a statement does, in one moment. */
  function execute(operations: readonly PointsOperation[], isPatient: boolean): Answer[] {
    if (operations.some(({ reason }) => reason?.startsWith('poison'))) throw refusedWith('23514');
    if (isPatient && operations.some((operation) => locked.has(userIdOf(operation)))) throw refusedWith('55P03');
    return operations.map(answer);
  }

  function answer(operation: PointsOperation): Answer {
    const userId = userIdOf(operation);
    const model = models.get(userId);
    if (model === undefined) return { outcome: 'USER_NOT_FOUND', replayed: false };
    if (locked.has(userId)) return { outcome: 'BUSY' };
    const result = model.apply({ ...operation, userId });
    const { outcome, replayed, entry } = result;
    if (entry === undefined) return { ...result, outcome: outcome as 'BALANCE_LIMIT' };
    const reason = operation.reason ?? '';
    if (!replayed) effects.set(reason, [...(effects.get(reason) ?? []), entry]);
    const user = { id: userId, username: userId, role: 'USER', createdAt: EPOCH, deletedAt: null } as const;
    const kept = { ...entry, kind: entry.kind as 'ADD', userId, reason, createdAt: EPOCH };
    return { outcome: 'APPLIED', applied: { entry: kept, user, username: userId, replayed } };
  }

  return {
    models,
    effects,
    locked,
    run: async (operations, waitMs) => {
      const { kind, takesMs } = coming.shift() ?? { kind: 'NONE', takesMs: 1 };
      await clock.pass('a statement on its way', takesMs / 2);
      if (waitMs > 0 && operations.some((operation) => locked.has(userIdOf(operation)))) {
        await clock.pass('a statement before a lock', waitMs);
      }
      if (kind === 'LOST_WHILE_IT_RUNS') {
        void clock
          .pass('a statement that was lost', takesMs)
          .then(() => execute(operations, true))
          .catch(() => {});
        throw new Error('Query read timeout');
      }
      const failure = FAILURES[kind]();
      const answers = failure === undefined || kind === 'LOST_AFTER' ? execute(operations, waitMs > 0) : [];
      await clock.pass('an answer on its way', takesMs / 2);
      if (failure !== undefined) throw failure;
      return answers;
    },
  };
}

/** In here a user is named by their id, or by its capitals. */
function userIdOf({ user }: PointsOperation): string {
  return user.id ?? user.username.toLowerCase();
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
