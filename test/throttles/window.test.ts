import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../src/database/connect.js';
import { createWindow } from '../../src/throttles/window.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

describe('What is taken back from a window', () => {
  let database: TestDatabase;
  let connection: Connection;
  beforeAll(async () => {
    database = await createDatabase();
    connection = connect({ url: database.url, poolSize: 2, behindPooler: false, onLost: () => {} });
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const points = async () => (await database.query('select points from throttles'))[0]?.['points'];

  it('no longer counts in it, and leaves the window that follows as it is', async () => {
    const window = createWindow(connection.database, { of: 'attempts', max: 5, seconds: 3_600 });
    const giveBack = await window.count('ada');
    const giveBackLate = await window.count('ada');
    expect(await points()).toBe(2);
    await giveBack();
    expect(await points()).toBe(1);

    await database.query('update throttles set expire = clock_timestamp()');
    await window.count('ada');
    await giveBackLate();
    expect(await points()).toBe(1);
  });
});
