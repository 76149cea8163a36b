/** Transactions over a database that fails: what the client is told, and that the process and its pool survive. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect } from 'vitest';
import { databaseFailure } from '../../src/database/failure.js';
import { type Job, runJobs } from '../../src/jobs/jobs.js';
import type { User } from '../../src/users/user.js';
import { createRelay, type Relay } from '../http/relay.js';
import { CreateUserDocument, UpdateUserDocument } from '../operations/generated.js';
import { openPool } from '../support/database.js';
import { hold } from '../support/held.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

/** More than one pool has connections. */
const MANY = 12;

let relay: Relay;
let token: IssuedToken;
/** Errors that would end the process of Node.js. */
const uncaught: unknown[] = [];

const it = itWith(async (after) => {
  const note = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', note);
  after(async () => process.off('uncaughtException', note));
  relay = await createRelay();
  after(() => relay.close());
  return { DATABASE_URL: relay.url };
});
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const create = (server: TestServer, username: string) =>
  server.send(token, CreateUserDocument, { input: { username } });
const rename = (server: TestServer, { id }: User, username: string) =>
  server.send(token, UpdateUserDocument, { input: { user: { id }, username } });

/** Ends the sessions of the server for which a condition holds; returns how many. */
async function endSessions(condition: string): Promise<number> {
  const ended = await relay.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'scrip' and ${condition}`,
  );
  return ended.length;
}

function expectUnavailable({ status, data, headers, errors }: TestResponse): void {
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } }]);
  expect(status).toBe(data === undefined ? 503 : 200);
  expect(headers.get('retry-after')).toBe('1');
}

describe('A transaction whose session the database ends', () => {
  it('while a statement waits for a lock fails with UNAVAILABLE and changes nothing', async ({ server }) => {
    const user = await server.user();
    const held = await hold({ ...server, database: relay.database }, 'select 1 from users where id = $1 for update', [
      user.id,
    ]);
    const response = rename(server, user, 'renamed');
    await held.reached();
    expect(await endSessions("wait_event_type = 'Lock'")).toBe(1);
    expectUnavailable(await response);
    expect((await response).errors?.[0]?.extensions['effect']).toBe('NONE');
    await held.release();
    expect(await relay.database.query('select username from users where id = $1', [user.id])).toEqual([
      { username: user.username },
    ]);
    expect(await create(server, 'after-the-lock')).toMatchObject({ status: 200, errors: undefined });
    expect(uncaught).toEqual([]);
  });

  it('at any moment harms neither the process nor its pool, and has the effect NONE only where nothing was written', async ({
    server,
  }) => {
    let isOver = false;
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      const responses: { name: string; response: TestResponse }[] = [];
      for (let nth = 0; !isOver; nth++) {
        const name = `w${writer}-${nth}`;
        responses.push({ name, response: await create(server, name) });
      }
      return responses;
    });
    let ended = 0;
    for (const end = performance.now() + 3_000; performance.now() < end; await delay(5)) {
      ended += await endSessions('xact_start is not null and pid <> pg_backend_pid()');
    }
    isOver = true;
    const responses = (await Promise.all(writers)).flat();
    expect(ended).toBeGreaterThan(0);
    expect(uncaught).toEqual([]);
    const failed = responses.filter(({ response }) => response.errors !== undefined);
    const without = failed.filter(({ response }) => response.errors?.[0]?.extensions['effect'] === 'NONE');
    expect(without.length).toBeGreaterThan(0);
    for (const { response } of failed) {
      expectUnavailable(response);
      if (response.data !== undefined) expect(response.errors?.[0]?.extensions['effect']).toMatch(/^(NONE|UNKNOWN)$/);
    }
    const names = without.map(({ name }) => name);
    expect(await relay.database.query('select username from users where username = any ($1)', [names])).toEqual([]);
    const after = await Promise.all(Array.from({ length: MANY }, (_, nth) => create(server, `after-${nth}`)));
    expect(after.map(({ errors }) => errors)).toEqual(after.map(() => undefined));
  });
});

describe('A job whose session the database ends', () => {
  it('fails, and the next run of the jobs succeeds', async () => {
    const { database, close } = openPool(relay.url, { poolSize: 1 });
    const doomed: Job = async (transaction) => {
      await transaction.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
      return 'DONE';
    };
    await expect(runJobs(database, [doomed])).rejects.toSatisfy((error) => databaseFailure(error)?.kind === 'undone');
    let runs = 0;
    const counted: Job = async () => {
      runs += 1;
      return 'DONE';
    };
    await runJobs(database, [counted]);
    expect(runs).toBe(1);
    await close();
    expect(uncaught).toEqual([]);
  });
});

describe('A transaction in a database that stops responding', () => {
  it('before its first statement releases its connection', async () => {
    const { database, close } = openPool(relay.url, {
      timeouts: { connectMs: 1_000, statementMs: 300, resultMs: 300 },
    });
    const ask = () => Promise.all([1, 2].map(() => database.execute(sql`select pg_sleep(0.1)`)));
    await ask(); // both connections are there
    relay.hold();
    const begun = [1, 2].map(() => database.transaction(async () => {}));
    for (const { status, reason } of (await Promise.allSettled(begun)) as PromiseRejectedResult[]) {
      expect({ status, kind: databaseFailure(reason)?.kind }).toEqual({ status: 'rejected', kind: 'undone' });
    }
    relay.release();
    await ask();
    await close();
    expect(uncaught).toEqual([]);
  });

  it('at a statement that has waited for a lock fails with UNAVAILABLE, and PostgreSQL ends it too', {
    timeout: 60_000,
  }, async ({ server }) => {
    const user = await server.user();
    const held = await hold({ ...server, database: relay.database }, 'select 1 from users where id = $1 for update', [
      user.id,
    ]);
    const response = rename(server, user, 'renamed-late');
    await held.reached();
    relay.hold();
    await held.release(); // the statement gets the lock; its result never arrives
    expectUnavailable(await response);
    const left = async () =>
      await relay.database.query(
        `select 1 from pg_stat_activity where datname = current_database() and application_name = 'scrip'
            and xact_start is not null`,
      );
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
    relay.release();
    expect(await rename(server, user, 'renamed-then')).toMatchObject({ errors: undefined });
    expect(uncaught).toEqual([]);
  });
});
