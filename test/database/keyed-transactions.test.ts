import pg from 'pg';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import type { Database } from '../../src/database/connect.js';
import { createKeyedTransactions } from '../../src/database/keyed-transactions.js';
import type { User } from '../../src/users/user.js';
import {
  IssueTokenDocument,
  type IssueTokenInput,
  UpdateUserDocument,
  UsersDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

describe('Rows that another session has locked', () => {
  let token: IssuedToken;
  let locked: User;
  let other: User;
  let holder: pg.Client;
  it.beforeAll(async ({ server }) => {
    token = await server.everything();
    [locked, other] = [await server.user(), await server.user()];
    holder = new pg.Client({ connectionString: server.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [locked.id]);
  });
  afterAll(async () => {
    await holder.end();
  });

  const rename = (server: TestServer, user: User) =>
    server.send(token, UpdateUserDocument, { input: { user: { id: user.id }, username: 'renamed' } });

  it('occupy one connection, however many requests wait for them, so that other requests are served', async ({
    server,
  }) => {
    const waiting = Array.from({ length: 30 }, () => rename(server, locked));
    let isAnyAnswered = false;
    void Promise.any(waiting).then(() => {
      isAnyAnswered = true;
    });
    for (let count = 0; count < 5; count++) {
      expect((await server.send(token, UsersDocument)).errors).toBeUndefined();
    }
    expect((await rename(server, other)).errors).toBeUndefined();
    expect(isAnyAnswered).toBe(false);

    await holder.query('rollback');
    const codes = (await Promise.all(waiting)).map(({ errors }) => errors?.[0]?.extensions['code']);
    expect(new Set(codes)).toEqual(new Set(['USERNAME_TAKEN']));
  });

  it('make a request fail with OVERLOADED after the lock timeout', async ({ server }) => {
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [locked.id]);
    const response = await rename(server, locked);
    expect(response.errors?.[0]?.extensions).toEqual({ code: 'OVERLOADED', retryAfterSeconds: 1 });
    expect(response.headers.get('retry-after')).toBe('1');
    await holder.query('rollback');
  });
});

describe('Changes of one user', () => {
  it('all succeed, however many are sent at once', async ({ server }) => {
    const { id } = await server.user();
    const token = await server.everything();
    const input: IssueTokenInput = { name: 'many', scopes: ['USERS_READ'], owner: { id } };
    const responses = await Promise.all(
      Array.from({ length: 150 }, () => server.send(token, IssueTokenDocument, { input })),
    );
    expect(responses.flatMap(({ errors = [] }) => errors)).toEqual([]);
    expect(new Set(responses.map(({ data }) => data.issueToken.secret)).size).toBe(150);
  });
});

describe('A transaction that waited for others of its key', () => {
  afterEach(() => vi.useRealTimers());

  it('does not begin where the check of its credential ends after its deadline', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const begun: string[] = [];
    const database = {
      transaction: async (work: (transaction: unknown) => Promise<unknown>) => await work(undefined),
    } as unknown as Database; // no statement is sent
    const transactions = createKeyedTransactions(database);
    const run = (name: string, recheck: () => Promise<void>) =>
      transactions.run({ key: 'key', recheck }, async () => void begun.push(name));
    const first = run('first', async () => {});
    const second = run('second', async () => void vi.advanceTimersByTime(16_000));
    await first;
    await expect(second).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(begun).toEqual(['first']);
  });
});
