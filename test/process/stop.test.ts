import { print } from 'graphql';
import pg from 'pg';
import { describe, expect, vi } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { post } from '../support/http.js';
import type { TestResponse } from '../support/server.js';
import { addressOf, JWT_SECRET, scrip, startProcess } from './program.js';

const envOf = ({ url }: TestDatabase) => ({ JWT_SECRET, PORT: '0', DATABASE_URL: url });

describe('A stop', () => {
  it.for([
    ['npm start', 'SIGTERM'],
    ['scrip serve', 'SIGINT'],
  ] as const)(
    'of %s by %s completes the request in flight and exits with 0',
    async ([command, signal], { database }) => {
      const bob = `bob-${signal.toLowerCase()}`;
      const { stdout: id } = await scrip(['user', 'create', bob], { env: envOf(database) });
      const token = await scrip(['token', 'issue', '--owner', bob, '--name', 'a test', '--scopes', 'points:add'], {
        env: envOf(database),
      });
      const program = startProcess({ env: envOf(database) }, command);
      const url = await addressOf(program);

      await using lock = await lockBalance(database, id.trim());
      const response = add(url, { secret: token.stdout.trim(), username: bob });
      await lock.isWaitedFor();
      program.process.kill(signal);
      program.process.kill(signal); // as npm passes on what the terminal has sent already
      await program.says(/"stopping"/);
      await expect(fetch(url)).rejects.toThrow();
      await lock.release();

      expect(await response).toMatchObject({ data: { change: { points: 5 } }, errors: undefined });
      expect(await program.end).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it('of a start that waits for the database exits with 0', async ({ database }) => {
    const program = startProcess({ env: { ...envOf(database), DATABASE_URL: 'postgres://u:p@127.0.0.1:1/db' } });
    await program.says(/"database_awaited"/);
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });

  it('is not caused by a closed standard output', async ({ database }) => {
    const program = startProcess({ env: envOf(database) });
    const url = await addressOf(program);
    program.process.stdout?.destroy();
    for (let request = 0; request < 3; request++) {
      expect((await fetch(`${url}/graphql?query={__typename}`)).status).toBe(200);
    }
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });

  it('exits with 0 although the standard output is closed', async ({ database }) => {
    const program = startProcess({ env: envOf(database) });
    await addressOf(program);
    program.process.stdout?.destroy();
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });
});

async function add(url: string, { secret, username }: { secret: string; username: string }): Promise<TestResponse> {
  const variables = { input: { user: { username }, points: 5 } };
  return await post({ url }, { query: print(AddPointsDocument), variables }, { authorization: `Bearer ${secret}` });
}

/** Holds a user's balance, so that every change of it waits. */
async function lockBalance(database: TestDatabase, userId: string) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query('select from balances where user_id = $1 for update', [userId]);
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return {
    isWaitedFor: () => vi.waitFor(async () => expect(await database.query(waiting)).not.toEqual([]), 10_000),
    release: () => client.query('commit'),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
