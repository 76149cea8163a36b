/** Transactions over a database that fails: what the client is told, and that the process and its pool survive. */
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, vi } from 'vitest';
import { connect } from '../../src/database/connect.js';
import { databaseFailure } from '../../src/database/failure.js';
import { type Job, runJobs } from '../../src/jobs/jobs.js';
import { createRelay, type Relay } from '../http/relay.js';
import { hold } from '../support/held.js';
import type { Answer, IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const CREATE = 'mutation ($name: String!) { createUser(input: { username: $name }) { user { id } } }';
const RENAME =
  'mutation ($id: ID!, $name: String!) { updateUser(input: { user: { id: $id }, username: $name }) { user { id } } }';

/** More than one pool has connections. */
const MANY = 12;

/** Transactions at the same time, fewer than the pool has connections. */
const WRITERS = 4;

const WAIT = { timeout: 10_000, interval: 10 };

let relay: Relay;
const it = itWith(async (after) => {
  relay = await createRelay();
  after(() => relay.close());
  return { DATABASE_URL: relay.url };
});
let token: IssuedToken;
/** What Node would end the process for. */
const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
it.beforeAll(async ({ server }) => {
  process.on('uncaughtException', note);
  token = await server.everything();
});
afterAll(() => {
  process.off('uncaughtException', note);
});

const create = (server: TestServer, name: string) => server.send(token, CREATE, { name });

const IN_TRANSACTION = "state = 'idle in transaction'";

/** The sessions of the server for which a condition holds, and what `selection` answers for each. */
const sessions = async (condition: string, selection = 'pid') =>
  await relay.database.query(
    `select ${selection} from pg_stat_activity
      where datname = current_database() and application_name = 'scrip' and ${condition}`,
  );

/** Ends the sessions of the server for which a condition holds; answers how many. */
const endSessions = async (condition: string) => (await sessions(condition, 'pg_terminate_backend(pid)')).length;

/** Uses more connections than one pool has. */
async function expectWholePool(server: TestServer, name: string): Promise<void> {
  const answers = await Promise.all(Array.from({ length: MANY }, (_, nth) => create(server, `${name}-${nth}`)));
  expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => undefined));
  expect(uncaught).toEqual([]);
}

function expectUnavailable({ status, data, headers, errors }: Answer): void {
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } }]);
  expect(status).toBe(data === undefined ? 503 : 200);
  expect(headers.get('retry-after')).toBe('1');
}

describe('A transaction whose session the database ends', () => {
  it('while a statement waits for a lock is UNAVAILABLE, and whether it happened is UNKNOWN', async ({ server }) => {
    const user = await server.user();
    const held = await hold({ ...server, database: relay.database }, 'select 1 from users where id = $1 for update', [
      user.id,
    ]);
    const answer = server.send(token, RENAME, { id: user.id, name: 'renamed' });
    await held.reached();
    expect(await endSessions("wait_event_type = 'Lock'")).toBe(1);
    expectUnavailable(await answer);
    expect((await answer).errors?.[0]?.extensions['effect']).toBe('UNKNOWN');
    await held.release();
    expect(await create(server, 'after-the-lock')).toMatchObject({ status: 200, errors: undefined });
    expect(uncaught).toEqual([]);
  });

  describe.each(['users', 'balances', 'audit_events'])('at its insertion into %s', (table) => {
    const stop = `lock table ${table} in share row exclusive mode`; // reads go on

    it('while it waits leaves the process and its pool alone', async ({ server }) => {
      const held = await hold({ ...server, database: relay.database }, stop);
      const writers = Array.from({ length: WRITERS }, (_, nth) => create(server, `waits-${table}-${nth}`));
      await vi.waitUntil(async () => (await sessions("wait_event_type = 'Lock'")).length === WRITERS, WAIT);
      expect(await endSessions("wait_event_type = 'Lock'")).toBe(WRITERS);
      (await Promise.all(writers)).forEach(expectUnavailable);
      await held.release();
      await expectWholePool(server, `after-wait-${table}`);
    });

    it('before its answer arrives leaves the process and its pool alone', async ({ server }) => {
      const held = await hold({ ...server, database: relay.database }, stop);
      const answer = create(server, `answered-${table}`);
      await held.reached();
      relay.hold();
      await held.release();
      await vi.waitUntil(async () => (await sessions(IN_TRANSACTION)).length === 1, WAIT);
      expect(await endSessions(IN_TRANSACTION)).toBe(1);
      relay.release();
      expectUnavailable(await answer);
      await expectWholePool(server, `after-answer-${table}`);
    });
  });
});

describe('A job whose session the database ends', () => {
  it('fails alone, and the next one runs', async () => {
    const { database, close } = connect({ url: relay.url, poolSize: 1, behindPooler: false, onLost: () => {} });
    const doomed: Job = async (transaction) => {
      await transaction.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
      return 'DONE';
    };
    await expect(runJobs(database, [doomed])).rejects.toSatisfy((error) => databaseFailure(error)?.kind === 'lost');
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

describe('A transaction over a database that stops answering', () => {
  it('at its first statement gives its connection back', async () => {
    const { database, close } = connect({
      url: relay.url,
      poolSize: 2,
      behindPooler: false,
      onLost: () => {},
      timeouts: { connectMs: 1_000, statementMs: 300, resultMs: 300 },
    });
    /** Uses both connections at the same time. */
    const ask = () => database.transaction(() => database.transaction((inner) => inner.execute(sql`select 1`)));
    await ask();
    relay.hold();
    const begun = [1, 2].map(() => database.transaction(async () => {}));
    for (const { status, reason } of (await Promise.allSettled(begun)) as PromiseRejectedResult[]) {
      expect({ status, kind: databaseFailure(reason)?.kind }).toEqual({ status: 'rejected', kind: 'lost' });
    }
    relay.release();
    await ask();
    await close();
    expect(uncaught).toEqual([]);
  });

  it('inside, under a lock, is UNAVAILABLE, and its statement ends in the server too', {
    timeout: 60_000,
  }, async ({ server }) => {
    const user = await server.user();
    const held = await hold({ ...server, database: relay.database }, 'select 1 from users where id = $1 for update', [
      user.id,
    ]);
    const answer = server.send(token, RENAME, { id: user.id, name: 'renamed-late' });
    await held.reached();
    relay.hold();
    await held.release(); // the statement gets the lock; its answer never arrives
    expectUnavailable(await answer);
    await vi.waitUntil(async () => (await sessions('xact_start is not null')).length === 0, 50_000);
    relay.release();
    expect(await server.send(token, RENAME, { id: user.id, name: 'renamed-then' })).toMatchObject({
      errors: undefined,
    });
    expect(uncaught).toEqual([]);
  });
});
