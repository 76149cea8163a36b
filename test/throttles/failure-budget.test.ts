import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { createFailureBudget, type FailureBudget } from '../../src/throttles/failure-budget.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';

describe('A budget of three failures that an hour restores', () => {
  let database: TestDatabase;
  let connection: Connection;
  let budget: FailureBudget;
  beforeAll(async () => {
    database = await createDatabase();
    connection = openPool(database.url);
    budget = createFailureBudget(connection.database, { of: 'attempts', max: 3, seconds: 3_600 });
  });
  beforeEach(() => database.query('truncate throttles'));
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const pending = async () => (await database.query('select pending from throttles'))[0]?.['pending'];
  /** Has time pass for the budget. */
  const pass = (minutes: number) =>
    database.query('update throttles set expire = expire - make_interval(mins => $1::int)', [minutes]);
  const fail = async (times: number) => {
    for (let time = 0; time < times; time++) await (await budget.reserve('ada')).fail();
  };
  const reservations = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        budget.reserve('ada').catch((error) => Number(error.extensions.retryAfterSeconds)),
      ),
    );
  const refusals = async (count: number) => (await reservations(count)).filter((result) => typeof result === 'number');

  it('allows three failures, and makes the fourth attempt wait for a third of the hour at most', async () => {
    await fail(3);
    const [wait = 0, ...others] = await refusals(1);
    expect(others).toEqual([]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_200);
  });

  it('allows one more attempt after each third of the hour, and not two', async () => {
    await fail(3);
    for (let part = 1; part <= 3; part++) {
      await pass(20);
      expect(await refusals(2)).toHaveLength(1);
    }
  });

  it('is full again after an hour, and not more than full after a day', async () => {
    await fail(3);
    await pass(60 * 24);
    expect(await refusals(9)).toHaveLength(6);
  });

  it('allows three of nine attempts at once, and tells the others to retry after 1 s', async () => {
    expect(await refusals(9)).toEqual(Array(6).fill(1));
    expect(await pending()).toBe(3);
  });

  it('gets back what an attempt reserved that was released', async () => {
    await fail(2);
    const one = await budget.reserve('ada');
    await one.release();
    expect(await pending()).toBe(0);
    expect(await refusals(2)).toHaveLength(1);
  });

  it('counts failures that reserved nothing, up to the same limit', async () => {
    for (let time = 0; time < 9; time++) await budget.add('ada');
    expect(await refusals(1)).toHaveLength(1);
    await pass(20);
    expect(await refusals(2)).toHaveLength(1);
  });

  it('counts an attempt as failed whose process ended, and forgets that it was in flight', async () => {
    await budget.reserve('ada');
    await fail(2);
    expect(await refusals(1)).toHaveLength(1);
    await pass(60);
    await fail(1);
    expect(await pending()).toBe(0);
  });
});
