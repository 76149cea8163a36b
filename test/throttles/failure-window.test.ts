import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';
import { createFailureWindow, type FailureWindow } from '../../src/throttles/failure-window.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

describe('A slot in a window of failures', () => {
  let database: TestDatabase;
  let connection: Connection;
  let window: FailureWindow;
  beforeAll(async () => {
    database = await createDatabase();
    connection = connect({
      url: database.url,
      poolSize: 2,
      behindPooler: false,
      onLost: () => {},
      fence: createFence(),
    });
    window = createFailureWindow(connection.database, { of: 'attempts', max: 3, seconds: 3_600 });
  });
  beforeEach(() => database.query('truncate throttles'));
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const row = async () => (await database.query('select points, pending from throttles'))[0];
  const refusal = async () => {
    const error = await window.reserve('ada').then(
      () => undefined,
      (thrown) => thrown,
    );
    return error.extensions.retryAfterSeconds;
  };

  it('is free again after an attempt that did not fail, and taken until the window ends after one that did', async () => {
    const [one, other] = [await window.reserve('ada'), await window.reserve('ada')];
    expect(await row()).toEqual({ points: 0, pending: 2 });
    await one.release();
    await other.fail();
    expect(await row()).toEqual({ points: 1, pending: 0 });
  });

  it('is worth a retry after 1 s while attempts in flight hold it, and when the window ends after that', async () => {
    const [first, second, third] = [
      await window.reserve('ada'),
      await window.reserve('ada'),
      await window.reserve('ada'),
    ];
    expect(await refusal()).toBe(1);
    await Promise.all([first.fail(), second.fail()]);
    expect(await refusal()).toBe(1);
    await third.fail();
    expect(await refusal()).toBeGreaterThan(3_500);
  });

  it('of a window that has ended leaves the next window as it is', async () => {
    const [late, later] = [await window.reserve('ada'), await window.reserve('ada')];
    await database.query('update throttles set expire = clock_timestamp()');
    await window.reserve('ada');
    expect(await row()).toEqual({ points: 0, pending: 1 });
    await late.fail();
    await later.release();
    expect(await row()).toEqual({ points: 0, pending: 1 });
  });
});
