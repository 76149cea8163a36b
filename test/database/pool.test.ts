import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { PooledDatabase } from '../../src/database/connect.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';

let own: TestDatabase;
let database: PooledDatabase;
beforeEach(async () => {
  own = await createDatabase();
  await own.query('create table numbers (number int primary key check (number > 0)); insert into numbers values (1)');
  const connection = openPool(own.url, { poolSize: 1 });
  database = connection.database;
  onTestFinished(async () => {
    await connection.close();
    await own.drop();
  });
});

/** Identifies the connection. */
async function pid(): Promise<unknown> {
  return (await database.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.['pid'];
}

describe('A connection', () => {
  it.each([
    ['a lock that another holds', sql`select from numbers for update nowait`, '55P03'],
    ['a duplicate', sql`insert into numbers values (1)`, '23505'],
    ['a value that a check forbids', sql`insert into numbers values (-1)`, '23514'],
    ['a value that does not fit its type', sql`select ${'many'}::int`, '22P02'],
  ])('stays open after the server rejects %s', async (_what, statement, code) => {
    const lock = await holdNumbers();
    const before = await pid();
    for (let time = 0; time < 3; time++) {
      await expect(database.execute(statement)).rejects.toMatchObject({ cause: { code } });
    }
    expect(await pid()).toBe(before);
    await lock.release();
  });

  it('is replaced where a prepared statement no longer fits the schema, so that the next attempt succeeds', async () => {
    const read = () => database.$client.query({ name: 'numbers', text: 'select * from numbers' });
    await read();
    await own.query('alter table numbers add column name text');
    await expect(read()).rejects.toMatchObject({ code: '0A000' });
    expect((await read()).rows).toEqual([{ number: 1, name: null }]);
  });
});

async function holdNumbers() {
  const { database: other, close } = openPool(own.url, { poolSize: 1 });
  const client = await other.$client.connect();
  await client.query('begin');
  await client.query('select from numbers for update');
  return {
    release: async () => {
      await client.query('rollback');
      client.release();
      await close();
    },
  };
}
