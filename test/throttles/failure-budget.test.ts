import { describe, expect } from 'vitest';
import { createFailureBudget, type FailureBudget } from '../../src/throttles/failure-budget.js';
import { openPool, type TestDatabase } from '../support/database.js';
import { itOnDatabase } from '../support/database-fixture.js';

const it = itOnDatabase.extend('attempts', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const connection = openPool(database.url);
  onCleanup(() => connection.close());
  return createAttempts(database, createFailureBudget(connection.database, { of: 'attempts', max: 3, seconds: 3_600 }));
});
it.beforeEach(async ({ database }) => {
  await database.query('truncate throttles');
});

/** The attempts of one user. */
function createAttempts(database: TestDatabase, budget: FailureBudget) {
  const refusals = async (count: number) => {
    const reservations = Array.from({ length: count }, () =>
      budget.reserve('ada').catch((error) => Number(error.extensions.retryAfterSeconds)),
    );
    return (await Promise.all(reservations)).filter((result) => typeof result === 'number');
  };
  return {
    reserve: () => budget.reserve('ada'),
    add: () => budget.add('ada'),
    fail: async (times: number) => {
      for (let time = 0; time < times; time++) await (await budget.reserve('ada')).fail();
    },
    /** Of so many attempts at once, the seconds that those which are refused have to wait. */
    refusals,
    pending: async () => (await database.query('select pending from throttles'))[0]?.['pending'],
    /** Has time pass for the budget. */
    pass: (minutes: number) =>
      database.query('update throttles set expire = expire - make_interval(mins => $1::int)', [minutes]),
  };
}

describe('A budget of three failures that an hour restores', () => {
  it('allows three failures, and makes the fourth attempt wait for a third of the hour at most', async ({
    attempts,
  }) => {
    await attempts.fail(3);
    const [wait = 0, ...others] = await attempts.refusals(1);
    expect(others).toEqual([]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_200);
  });

  it('allows one more attempt after each third of the hour, and not two', async ({ attempts }) => {
    await attempts.fail(3);
    for (let part = 1; part <= 3; part++) {
      await attempts.pass(20);
      expect(await attempts.refusals(2)).toHaveLength(1);
    }
  });

  it('is full again after an hour, and not more than full after a day', async ({ attempts }) => {
    await attempts.fail(3);
    await attempts.pass(60 * 24);
    expect(await attempts.refusals(9)).toHaveLength(6);
  });

  it('allows three of nine attempts at once, and tells the others to retry after 1 s', async ({ attempts }) => {
    expect(await attempts.refusals(9)).toEqual(Array(6).fill(1));
    expect(await attempts.pending()).toBe(3);
  });

  it('gets back what an attempt reserved that was released', async ({ attempts }) => {
    await attempts.fail(2);
    const one = await attempts.reserve();
    await one.release();
    expect(await attempts.pending()).toBe(0);
    expect(await attempts.refusals(2)).toHaveLength(1);
  });

  it('counts failures that reserved nothing, up to the same limit', async ({ attempts }) => {
    for (let time = 0; time < 9; time++) await attempts.add();
    expect(await attempts.refusals(1)).toHaveLength(1);
    await attempts.pass(20);
    expect(await attempts.refusals(2)).toHaveLength(1);
  });

  it('counts an attempt as failed whose process ended, and forgets that it was in flight', async ({ attempts }) => {
    await attempts.reserve();
    await attempts.fail(2);
    expect(await attempts.refusals(1)).toHaveLength(1);
    await attempts.pass(60);
    await attempts.fail(1);
    expect(await attempts.pending()).toBe(0);
  });
});
