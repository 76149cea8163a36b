import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { effectOf } from '../../src/graphql/resolvers/points-payload.js';
import type { ApplyPoints, ChangeResult, PointsChange } from '../../src/points/change.js';
import type { Clock } from '../../src/points/clock.js';
import { createLedger } from '../../src/points/ledger.js';

const EPOCH = new Date(0);

function add(id: string, idempotencyKey: string | null = null): PointsChange {
  const action = { kind: 'ADD', points: 1 } as const;
  return { user: { id }, action, reason: null, idempotencyKey, ownerId: 'owner', credential: { kind: 'NONE' } };
}

function applied(change: PointsChange): ChangeResult {
  const id = change.user.id ?? '';
  const user = { id, username: id, role: 'USER', createdAt: EPOCH, deletedAt: null } as const;
  const entry = { kind: 'ADD', delta: 1, balanceAfter: 1, sequence: 1, reason: null, reverses: null } as const;
  const times = { recordedAt: EPOCH, effectiveAt: null };
  const absent = { reference: null, metadata: null, hold: null, counterpartUserId: null, counterpartSequence: null };
  const written = { kind: 'ENTRY', entry: { ...entry, ...times, ...absent, userId: id }, counterpart: null } as const;
  return { outcome: 'APPLIED', applied: { written, user, username: id, replayed: false } };
}

/** A ledger on a fake database; time passes where the ledger pauses, and where the fake says so. */
function ledgerOver(
  run: (changes: readonly PointsChange[], waitMs: number, clock: { now: number }) => Promise<ChangeResult[]>,
) {
  const time = { now: 0 };
  const clock: Clock = {
    now: () => time.now,
    delay: async (ms) => {
      const end = time.now + ms;
      await nextTurn();
      time.now = Math.max(time.now, end); // pauses at the same time pass together
    },
  };
  const statements: number[] = [];
  const failures: unknown[] = [];
  const counted: ApplyPoints = async (attempts, waitMs) => {
    statements.push(attempts.length);
    const changes = attempts.map(({ change }) => change);
    return await run(changes, waitMs, time);
  };
  const ledger = createLedger({ run: counted, clock, onFailure: (error) => failures.push(error), onWritten: () => {} });
  return { ledger, time, statements, failures };
}

const locked = () => Object.assign(new pg.DatabaseError('', 0, 'error'), { code: '55P03' });

async function rejection(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('The promise was not rejected.');
  const { code } = Object(error.cause ?? error);
  return { code, effect: effectOf(error) };
}

describe('The ledger', () => {
  it('rejects a change of an account that stays locked, by its deadline and without effect, and applies the others meanwhile', async () => {
    const { ledger, time, failures } = ledgerOver(async (changes, waitMs, clock) => {
      if (waitMs === 0)
        return changes.map((each) => (each.user.id === 'locked' ? { outcome: 'BUSY', of: 'ACCOUNT' } : applied(each)));
      clock.now += waitMs;
      await nextTurn();
      throw locked();
    });
    const waiting = rejection(ledger.apply(add('locked', 'k')));
    expect((await ledger.apply(add('free'))).username).toBe('free');
    expect(time.now).toBeLessThan(2_000);
    expect(await waiting).toEqual({ code: 'OVERLOADED', effect: 'NONE' });
    expect(time.now).toBeLessThan(20_000);
    expect(failures).toEqual([]); // nothing failed
  });

  it('keeps later changes of a list that concern a user of a transfer which waits for a lock back for two seconds, and then makes them', async () => {
    const transfer: PointsChange = { ...add('ann'), action: { kind: 'TRANSFER', points: 1, to: { id: 'bob' } } };
    const begun = new Map<string | undefined, number>();
    const { ledger, time } = ledgerOver(async (changes, waitMs, clock) => {
      for (const { user, action } of changes) if (action.kind === 'ADD') begun.set(user.id, clock.now);
      clock.now += Math.max(waitMs, 1);
      await nextTurn();
      if (waitMs > 0 && changes.includes(transfer)) throw locked();
      return changes.map((each) => (each === transfer ? { outcome: 'BUSY', of: 'ACCOUNT' } : applied(each)));
    });
    const others = Array.from({ length: 100 }, () => add('eve'));
    const results = await ledger.applyAll([transfer, ...others, add('bob'), add('ann'), add('zoe')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', ...Array(103).fill('fulfilled')]);
    expect(begun.get('zoe')).toBeLessThan(1_000);
    expect(begun.get('bob')).toBeGreaterThanOrEqual(2_000);
    expect(begun.get('ann')).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(begun.get('bob') ?? 0, begun.get('ann') ?? 0)).toBeLessThan(5_000);
    expect(time.now).toBeLessThan(20_000);
  });

  it('makes the changes of a list that no transfer connects with a locked account meanwhile', async () => {
    const made = new Map<string | undefined, number>();
    const { ledger } = ledgerOver(async (changes, waitMs, clock) => {
      clock.now += Math.max(waitMs, 1);
      await nextTurn();
      const isLocked = ({ user }: PointsChange) => user.id === 'locked';
      if (waitMs > 0 && changes.some(isLocked)) throw locked();
      for (const change of changes) if (!isLocked(change)) made.set(change.user.id, clock.now);
      return changes.map((change) => (isLocked(change) ? { outcome: 'BUSY', of: 'ACCOUNT' } : applied(change)));
    });
    const transfer: PointsChange = { ...add('ann'), action: { kind: 'TRANSFER', points: 1, to: { id: 'bob' } } };
    const before = Array.from({ length: 150 }, () => add('locked'));
    const after = Array.from({ length: 300 }, () => add('eve'));
    const results = await ledger.applyAll([...before, transfer, ...after]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(150);
    expect(made.get('ann')).toBeLessThan(2_000);
    expect(made.get('eve')).toBeLessThan(2_000);
  });

  it('begins no statement for the rest of many changes after the deadline', async () => {
    const { ledger, statements } = ledgerOver(async (changes, _waitMs, clock) => {
      clock.now += 10_000;
      return changes.map(applied);
    });
    const results = await ledger.applyAll(Array.from({ length: 300 }, () => add('ann')));
    expect(statements).toEqual([100, 100]);
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(200).fill('fulfilled'),
      ...Array(100).fill('rejected'),
    ]);
    const left = await rejection(Promise.reject(Object(results[299]).reason));
    expect(left).toEqual({ code: 'OVERLOADED', effect: 'NONE' });
  });

  it('checks the credential before each hundred but the first, and rejects the rest once it has ended', async () => {
    const { ledger, statements } = ledgerOver(async (changes) => changes.map(applied));
    let checks = 0;
    const results = await ledger.applyAll(
      Array.from({ length: 450 }, () => add('ann')),
      async () => {
        checks += 1;
        if (checks === 2) throw new Error('ended');
      },
    );
    expect(statements).toEqual([100, 100]);
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(200).fill('fulfilled'),
      ...Array(250).fill('rejected'),
    ]);
    expect(checks).toBe(2);
  });

  it('applies at most a hundred changes in one statement, however many are concurrent', async () => {
    const { ledger, statements } = ledgerOver(async (changes) => changes.map(applied));
    const together = Array.from({ length: 30 }, () => ledger.applyAll(Array.from({ length: 60 }, () => add('ann'))));
    await Promise.all(together);
    expect(Math.max(...statements)).toBeLessThanOrEqual(100);
    expect(statements.reduce((sum, length) => sum + length, 0)).toBe(1_800);
  });

  it('retries a change with a key while the database cannot be reached, and rejects one without a key at once', async () => {
    const { ledger, time, statements } = ledgerOver(async () => {
      throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
    });
    expect(await rejection(ledger.apply(add('ann')))).toEqual({ code: 'UNAVAILABLE', effect: 'NONE' });
    expect(time.now).toBe(0);
    const many = Array.from({ length: 500 }, (_, number) => rejection(ledger.apply(add(`user-${number}`, 'k'))));
    const outcomes = await Promise.all(many);
    expect(outcomes).toEqual(Array(500).fill({ code: 'UNAVAILABLE', effect: 'NONE' }));
    expect(time.now).toBeGreaterThan(15_000);
    expect(statements.length).toBeLessThan(300); // far fewer attempts than changes
  });

  it('returns the effect UNKNOWN at the deadline where a result was lost and not found again', async () => {
    let lost = false;
    const { ledger } = ledgerOver(async () => {
      if (lost) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
      lost = true;
      throw new Error('Connection terminated unexpectedly');
    });
    expect(await rejection(ledger.apply(add('ann', 'k')))).toEqual({ code: 'UNAVAILABLE', effect: 'UNKNOWN' });
  });

  it('returns the effect UNKNOWN for an unexpected error: the statement may have happened', async () => {
    const { ledger } = ledgerOver(async () => {
      throw new TypeError('undefined is not a function');
    });
    expect(await rejection(ledger.apply(add('ann', 'k')))).toMatchObject({ effect: 'UNKNOWN' });
  });

  it('bounds the changes in flight: one more is OVERLOADED, without effect', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ledger } = ledgerOver(async (changes) => {
      await held;
      return changes.map(applied);
    });
    const all = Array.from({ length: 20_100 }, (_, number) => ledger.apply(add(`user-${number % 50}`)));
    const refused = await Promise.all(all.slice(20_000).map(rejection));
    expect(refused).toEqual(Array(100).fill({ code: 'OVERLOADED', effect: 'NONE' }));
    release();
    expect(await Promise.all(all.slice(0, 20_000))).toHaveLength(20_000);
    expect((await ledger.apply(add('late'))).username).toBe('late');
  });

  it('sends concurrent changes in one statement, and a lone change at once', async () => {
    const { ledger, statements } = ledgerOver(async (changes) => {
      await nextTurn();
      return changes.map(applied);
    });
    await ledger.apply(add('ann'));
    expect(statements).toEqual([1]);
    await Promise.all(Array.from({ length: 150 }, () => ledger.apply(add('ann'))));
    expect(statements).toEqual([1, 100, 50]);
  });
});
