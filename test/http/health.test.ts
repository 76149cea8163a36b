import pg from 'pg';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { AddPointsDocument, CreateUserDocument, ViewerKindDocument } from '../operations/generated.js';
import { post } from '../support/http.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { createRelay, type Relay } from './relay.js';

let relay: Relay;
const it = itWith(async (after) => {
  relay = await createRelay();
  after(() => relay.close());
  return { DATABASE_URL: relay.url };
});

const ask = async ({ url }: TestServer, path: string) => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
};

describe('While the database can be reached', () => {
  it('/healthz responds that the process is alive', async ({ server }) => {
    expect(await ask(server, '/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('/readyz responds that the server is ready', async ({ server }) => {
    expect(await ask(server, '/readyz')).toEqual({ status: 200, body: { status: 'ready' } });
  });
});

describe.each([
  ['cannot be reached', () => relay.cut(), () => relay.mend()],
  ['does not respond', () => relay.hold(), () => relay.release()],
])('While the database %s', (_state, begin, end) => {
  beforeAll(() => begin());
  afterAll(async () => await end());

  it('/healthz responds that the process is alive', async ({ server }) => {
    expect(await ask(server, '/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('/readyz responds that the database cannot be reached', async ({ server }) => {
    expect(await ask(server, '/readyz')).toEqual({
      status: 503,
      body: { status: 'unready', reason: 'the database cannot be reached' },
    });
  });
});

describe('While the database cannot be reached', () => {
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
    relay.cut();
  });
  afterAll(async () => await relay.mend());

  it('a request with a credential is refused with 503 UNAVAILABLE, to be retried', async ({ server }) => {
    const { status, headers, data, errors } = await server.send(token, '{ __typename }');
    expect({ status, data }).toEqual({ status: 503, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } }]);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('www-authenticate')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('the server recovers once the database can be reached again', async ({ server }) => {
    await relay.mend();
    expect(await server.send(token, ViewerKindDocument)).toMatchObject({
      status: 200,
      data: { viewer: { kind: 'APP' } },
    });
    expect(await ask(server, '/readyz')).toMatchObject({ status: 200 });
    relay.cut();
  });

  it('a request that needs neither a credential nor the database succeeds', async ({ server }) => {
    expect(await post(server, { query: '{ __typename }' })).toMatchObject({ status: 200 });
  });
});

describe('While the database accepts no connections', () => {
  const allow = async (isAllowed: boolean) => {
    const url = new URL(relay.database.url);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres'; // a session cannot do it to its own database
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`alter database ${name} allow_connections ${isAllowed}`);
    if (!isAllowed)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await client.end();
  };
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['points:add']);
    await allow(false);
  });
  afterAll(async () => await allow(true));

  it('a change of points is refused with 503 UNAVAILABLE, without effect', async ({ server }) => {
    const response = await server.send(token, AddPointsDocument, { input: { user: { username: 'bob' }, points: 1 } });
    expect(response).toMatchObject({ status: 503, data: undefined });
    expect(response.errors).toMatchObject([
      { extensions: { code: 'UNAVAILABLE', effect: 'NONE', retryAfterSeconds: 1 } },
    ]);
    expect(await ask(server, '/readyz')).toMatchObject({ status: 503 });
  });

  it('the server recovers once it accepts them again', async ({ server }) => {
    await allow(true);
    expect(await ask(server, '/readyz')).toMatchObject({ status: 200 });
    expect(await server.send(token, ViewerKindDocument)).toMatchObject({ status: 200 });
  });
});

describe('While the database is read-only', () => {
  const setReadOnly = async (isReadOnly: boolean) => {
    const name = new URL(relay.url).pathname.slice(1);
    await relay.database.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
  };
  afterAll(async () => await setReadOnly(false));

  it('/readyz responds so, until it is not', async ({ server }) => {
    await setReadOnly(true);
    await vi.waitFor(async () => {
      expect(await ask(server, '/readyz')).toEqual({
        status: 503,
        body: { status: 'unready', reason: 'the database is read-only' },
      });
    }, 10_000);
    await setReadOnly(false);
    await vi.waitFor(async () => expect(await ask(server, '/readyz')).toMatchObject({ status: 200 }), 10_000);
  });

  it('a mutation is refused with UNAVAILABLE, and succeeds once it is not', async ({ server }) => {
    const token = await server.everything();
    const input = { username: 'later' };
    await setReadOnly(true);
    await relay.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'scrip'`,
    );
    const refused = await server.send(token, CreateUserDocument, { input });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    await setReadOnly(false);
    // A check between the two may have found it read-only: then statements wait for the next check.
    await vi.waitFor(async () => expect(await ask(server, '/readyz')).toMatchObject({ status: 200 }), 10_000);
    const { data } = await server.send(token, CreateUserDocument, { input });
    expect(data.createUser.user).toMatchObject(input);
  });
});

describe('A database that lacks migrations', () => {
  it('is reported by /readyz', async ({ server }) => {
    const [row] = await relay.database.query(
      'delete from scrip_migrations where name = (select max(name) from scrip_migrations) returning name, oldest_code',
    );
    const lacksMigrations = { status: 503, body: { reason: 'the database lacks migrations' } };
    await vi.waitFor(async () => expect(await ask(server, '/readyz')).toMatchObject(lacksMigrations), 10_000);
    await relay.database.query('insert into scrip_migrations (name, oldest_code) values ($1, $2)', [
      row?.['name'],
      row?.['oldest_code'],
    ]);
    expect(await ask(server, '/readyz')).toMatchObject({ status: 200 });
  });
});
