import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import { post } from '../support/http.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { createRelay, type Relay } from './relay.js';

let relay: Relay;
let server: TestServer;
beforeAll(async () => {
  relay = await createRelay();
  server = await startServer({ DATABASE_URL: relay.url });
});
afterAll(async () => {
  await server.close();
  await relay.close();
});

const ask = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: await response.json() };
};

describe('While the database is there', () => {
  it('/healthz says that the process lives', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('/readyz says that it can serve', async () => {
    expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready' } });
  });
});

describe.each([
  ['is away', () => relay.cut(), () => relay.mend()],
  ['has stopped answering', () => relay.hold(), () => relay.release()],
])('While the database %s', (_state, begin, end) => {
  beforeAll(() => begin());
  afterAll(async () => await end());

  it('/healthz still says that the process lives', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('/readyz says that it cannot serve', async () => {
    expect(await ask('/readyz')).toEqual({
      status: 503,
      body: { status: 'unready', reason: 'the database cannot be reached' },
    });
  });
});

describe('While the database is away', () => {
  let token: IssuedToken;
  beforeAll(async () => {
    token = await server.token(['users:read']);
    relay.cut();
  });
  afterAll(async () => await relay.mend());

  it('a credential cannot be verified: 503 UNAVAILABLE, to be tried again', async () => {
    const { status, headers, data, errors } = await server.send(token, '{ __typename }');
    expect({ status, data }).toEqual({ status: 503, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } }]);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('www-authenticate')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('serves again once the database is back', async () => {
    await relay.mend();
    expect(await server.send(token, '{ viewer { kind } }')).toMatchObject({
      status: 200,
      data: { viewer: { kind: 'APP' } },
    });
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
    relay.cut();
  });

  it('what needs neither a credential nor the database is answered', async () => {
    expect(await post(server, { query: '{ __typename }' })).toMatchObject({ status: 200 });
  });
});

describe('While the database takes no connections', () => {
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
  beforeAll(async () => {
    token = await server.token(['points:add']);
    await allow(false);
  });
  afterAll(async () => await allow(true));

  it('a change of points is 503 UNAVAILABLE, and had no effect', async () => {
    const answer = await server.send(token, AddPointsDocument, { input: { user: { username: 'bob' }, points: 1 } });
    expect(answer).toMatchObject({ status: 503, data: undefined });
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'UNAVAILABLE', effect: 'NONE', retryAfterSeconds: 1 } },
    ]);
    expect(await ask('/readyz')).toMatchObject({ status: 503 });
  });

  it('serves again once it does', async () => {
    await allow(true);
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
    expect(await server.send(token, '{ viewer { kind } }')).toMatchObject({ status: 200 });
  });
});

describe('While the database is read-only', () => {
  const setReadOnly = async (isReadOnly: boolean) => {
    const name = new URL(relay.url).pathname.slice(1);
    await relay.database.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
  };
  afterAll(async () => await setReadOnly(false));

  it('/readyz says so, until it is not', async () => {
    await setReadOnly(true);
    await vi.waitFor(async () => {
      expect(await ask('/readyz')).toEqual({
        status: 503,
        body: { status: 'unready', reason: 'the database is read-only' },
      });
    }, 10_000);
    await setReadOnly(false);
    await vi.waitFor(async () => expect(await ask('/readyz')).toMatchObject({ status: 200 }), 10_000);
  });

  it('a change is UNAVAILABLE, and is made again once it is not', async () => {
    const token = await server.token(['users:write']);
    const create = 'mutation { createUser(input: { username: "later" }) { user { username } } }';
    await setReadOnly(true);
    await relay.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'scrip'`,
    );
    const refused = await server.send(token, create);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    await setReadOnly(false);
    expect(await server.send(token, create)).toMatchObject({ data: { createUser: { user: { username: 'later' } } } });
  });
});

describe('A database that lacks migrations', () => {
  it('is none that /readyz is green for', async () => {
    const [row] = await relay.database.query(
      'delete from scrip_migrations where name = (select max(name) from scrip_migrations) returning name, oldest_code',
    );
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: { reason: 'the database lacks migrations' } });
    await relay.database.query('insert into scrip_migrations (name, oldest_code) values ($1, $2)', [
      row?.['name'],
      row?.['oldest_code'],
    ]);
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
  });
});
