import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/connect.js';
import { databaseFailure } from '../../src/database/failure.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';

let own: TestDatabase;
beforeAll(async () => {
  own = await createDatabase();
});
afterAll(() => own.drop());

const limits = { connectMs: 2_000, statementMs: 10_000, resultMs: 10_000 };

/** What is made of the error that `work` meets, with one connection at its disposal. */
async function failureOf(
  work: (database: Database) => Promise<unknown>,
  { url = own.url, ...timeouts }: Partial<typeof limits> & { url?: string } = {},
) {
  const { database, close } = openPool(url, { poolSize: 1, timeouts: { ...limits, ...timeouts } });
  try {
    const error = await work(database).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return databaseFailure(error);
  } finally {
    await close();
  }
}

async function backendOf(database: Database): Promise<number> {
  const { rows } = await database.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]?.pid ?? 0;
}

describe('A failure of the database', () => {
  it('is of the kind refused where the server rejects the statement', async () => {
    const insert = (database: Database) =>
      database.execute(sql`insert into users (id, username, role) values (gen_random_uuid(), '?', 'USER')`);
    expect(await failureOf(insert)).toMatchObject({
      kind: 'refused',
      sqlState: '23514',
      constraint: 'users_have_a_wellformed_name',
    });
  });

  it('is classified by its SQLSTATE, not by text that a client sent', async () => {
    for (const text of ['connect ECONNREFUSED', 'Connection terminated', 'Query read timeout', 'is not queryable']) {
      const failure = await failureOf((database) => database.execute(sql`select ${text}::text, 1 / ${0}::int`));
      expect(failure).toMatchObject({ kind: 'refused', sqlState: '22012' });
    }
  });

  it('is of the kind not-sent where no server listens', async () => {
    const nowhere = new URL(own.url);
    nowhere.port = '1';
    expect(await failureOf((database) => database.execute(sql`select 1`), { url: nowhere.href })).toMatchObject({
      kind: 'not-sent',
    });
  });

  it.each([
    ['the password', (url: URL) => (url.password = 'another')],
    ['the user', (url: URL) => (url.username = 'unknown')],
    ['the database', (url: URL) => (url.pathname = '/nothing')],
    ['TLS', (url: URL) => url.searchParams.set('sslmode', 'require')],
  ])('is of the kind not-sent where the server rejects %s', async (_what, damage) => {
    const url = new URL(own.url);
    damage(url);
    expect(await failureOf((database) => database.execute(sql`select 1`), { url: url.href })).toMatchObject({
      kind: 'not-sent',
    });
  });

  it('is of the kind not-sent where no connection becomes free before the timeout', async () => {
    const failure = await failureOf(
      (database) => database.transaction(async () => await database.execute(sql`select 1`)),
      { connectMs: 300 },
    );
    expect(failure).toMatchObject({ kind: 'not-sent' });
  });

  it('is of the kind lost where the server ends the session during the statement', async () => {
    const failure = await failureOf(async (database) => {
      const pid = await backendOf(database);
      await Promise.all([
        database.execute(sql`select pg_sleep(30)`),
        own.query('select pg_terminate_backend($1)', [pid]),
      ]);
    });
    expect(failure).toMatchObject({ kind: 'lost' });
  });

  it('is of the kind lost where no result arrives before the timeout, and its connection is not used again', async () => {
    let pids: number[] = [];
    const failure = await failureOf(
      async (database) => {
        const before = await backendOf(database);
        await database.execute(sql`select pg_sleep(2)`).finally(async () => {
          pids = [before, await backendOf(database)];
        });
      },
      { resultMs: 200 },
    );
    expect(failure).toMatchObject({ kind: 'lost' });
    expect(pids[1]).not.toBe(pids[0]);
  });

  it.each([
    ['57P01', 'lost'],
    ['57P02', 'lost'],
    ['08006', 'lost'],
    ['40003', 'lost'],
    ['25P03', 'lost'],
    ['57P03', 'not-sent'],
    ['53100', 'not-sent'],
    ['58030', 'not-sent'],
    ['53300', 'not-sent'],
    ['25006', 'not-sent'],
    ['40001', 'refused'],
    ['57014', 'refused'],
  ])('with the SQLSTATE %s is of the kind %s', (sqlState, kind) => {
    const error = Object.assign(new pg.DatabaseError('', 0, 'error'), { code: sqlState });
    expect(databaseFailure(new Error('wrapped', { cause: error }))?.kind).toBe(kind);
  });

  it('is not recognised in other errors', () => {
    expect(databaseFailure(new TypeError('undefined is not a function'))).toBeUndefined();
    expect(databaseFailure(undefined)).toBeUndefined();
  });
});
