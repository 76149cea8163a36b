import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { effectOf } from '../../src/graphql/resolvers/points-payload.js';
import type { Clock } from '../../src/points/clock.js';
import { createLedger } from '../../src/points/ledger.js';
import type { Answer, PointsOperation, RunOperations } from '../../src/points/operation.js';

const EPOCH = new Date(0);

function add(id: string, idempotencyKey: string | null = null): PointsOperation {
  const change = { kind: 'ADD', points: 1 } as const;
  return { user: { id }, change, reason: null, idempotencyKey, ownerId: 'owner', credential: { kind: 'NONE' } };
}

function applied(operation: PointsOperation): Answer {
  const id = operation.user.id ?? '';
  const user = { id, username: id, role: 'USER', createdAt: EPOCH, deletedAt: null } as const;
  const change = { kind: 'ADD', delta: 1, balanceAfter: 1, sequence: 1, reason: null, reverses: null } as const;
  return {
    outcome: 'APPLIED',
    applied: { entry: { ...change, userId: id, createdAt: EPOCH }, user, username: id, replayed: false },
  };
}

/** A ledger over a stand-in for the database; time passes where the ledger pauses, and where the stand-in says so. */
function ledgerOver(
  run: (operations: readonly PointsOperation[], waitMs: number, clock: { now: number }) => Promise<Answer[]>,
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
  const counted: RunOperations = async (attempts, waitMs) => {
    statements.push(attempts.length);
    const operations = attempts.map(({ operation }) => operation);
    return await run(operations, waitMs, time);
  };
  const ledger = createLedger({ run: counted, clock, onFailure: (error) => failures.push(error), onEntry: () => {} });
  return { ledger, time, statements, failures };
}

const locked = () => Object.assign(new pg.DatabaseError('', 0, 'error'), { code: '55P03' });

async function rejection(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('It did not fail.');
  const { code } = Object(error.cause ?? error);
  return { code, effect: effectOf(error) };
}

describe('The ledger', () => {
  it('gives up on an account that stays locked, in time and without effect, and serves the others meanwhile', async () => {
    const { ledger, time, failures } = ledgerOver(async (operations, waitMs, clock) => {
      if (waitMs === 0)
        return operations.map((each) => (each.user.id === 'locked' ? { outcome: 'BUSY' } : applied(each)));
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

  it('begins no statement for what is left of many operations after the deadline', async () => {
    const { ledger, statements } = ledgerOver(async (operations, _waitMs, clock) => {
      clock.now += 10_000;
      return operations.map(applied);
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

  it('checks the credential before each hundred but the first, and changes nothing more where it has ended', async () => {
    const { ledger, statements } = ledgerOver(async (operations) => operations.map(applied));
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

  it('changes at most a hundred in one statement, however many are asked for at once', async () => {
    const { ledger, statements } = ledgerOver(async (operations) => operations.map(applied));
    const together = Array.from({ length: 30 }, () => ledger.applyAll(Array.from({ length: 60 }, () => add('ann'))));
    await Promise.all(together);
    expect(Math.max(...statements)).toBeLessThanOrEqual(100);
    expect(statements.reduce((sum, length) => sum + length, 0)).toBe(1_800);
  });

  it('waits with a keyed operation for a database that is away, and refuses one without a key at once', async () => {
    const { ledger, time, statements } = ledgerOver(async () => {
      throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
    });
    expect(await rejection(ledger.apply(add('ann')))).toEqual({ code: 'UNAVAILABLE', effect: 'NONE' });
    expect(time.now).toBe(0);
    const many = Array.from({ length: 500 }, (_, number) => rejection(ledger.apply(add(`user-${number}`, 'k'))));
    const outcomes = await Promise.all(many);
    expect(outcomes).toEqual(Array(500).fill({ code: 'UNAVAILABLE', effect: 'NONE' }));
    expect(time.now).toBeGreaterThan(15_000);
    expect(statements.length).toBeLessThan(300); // far fewer attempts than operations
  });

  it('says UNKNOWN at the end where an answer was lost and never found again', async () => {
    let lost = false;
    const { ledger } = ledgerOver(async () => {
      if (lost) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
      lost = true;
      throw new Error('Connection terminated unexpectedly');
    });
    expect(await rejection(ledger.apply(add('ann', 'k')))).toEqual({ code: 'UNAVAILABLE', effect: 'UNKNOWN' });
  });

  it('says UNKNOWN of an error that nobody foresaw: the statement may have happened', async () => {
    const { ledger } = ledgerOver(async () => {
      throw new TypeError('undefined is not a function');
    });
    expect(await rejection(ledger.apply(add('ann', 'k')))).toMatchObject({ effect: 'UNKNOWN' });
  });

  it('holds so much and no more: what goes beyond is OVERLOADED, without effect', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ledger } = ledgerOver(async (operations) => {
      await held;
      return operations.map(applied);
    });
    const all = Array.from({ length: 20_100 }, (_, number) => ledger.apply(add(`user-${number % 50}`)));
    const refused = await Promise.all(all.slice(20_000).map(rejection));
    expect(refused).toEqual(Array(100).fill({ code: 'OVERLOADED', effect: 'NONE' }));
    release();
    expect(await Promise.all(all.slice(0, 20_000))).toHaveLength(20_000);
    expect((await ledger.apply(add('late'))).username).toBe('late');
  });

  it('sends what comes up at the same time in one statement, and what comes up alone at once', async () => {
    const { ledger, statements } = ledgerOver(async (operations) => {
      await nextTurn();
      return operations.map(applied);
    });
    await ledger.apply(add('ann'));
    expect(statements).toEqual([1]);
    await Promise.all(Array.from({ length: 150 }, () => ledger.apply(add('ann'))));
    expect(statements).toEqual([1, 100, 50]);
  });
});
