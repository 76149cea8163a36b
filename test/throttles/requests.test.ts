import { print } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it as itAlone, vi } from 'vitest';
import {
  LogInDocument,
  RenewSessionDocument,
  SignUpDocument,
  TypenameDocument,
  UpdateUserDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, post } from '../support/http.js';
import { startServer, type TestResponse, type TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const at = (address: string) => ({ 'x-forwarded-for': address });

/** Minutes are those of the clock, which stands still: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const itWithTen = itOnTwoNodes({
  TRUSTED_PROXIES: '1',
  THROTTLE_REQUESTS_PER_MINUTE: '10',
  THROTTLE_LOGIN_FAILURES: '0',
});

describe('The throttle of requests', () => {
  const it = itWithTen;

  const statuses = async (responses: Promise<{ status: number }>[]) =>
    (await Promise.all(responses)).map(({ status }) => status).toSorted();
  /** Sends a public operation. */
  const from = (server: TestServer, address: string, authorization?: string) =>
    server.send(undefined, TypenameDocument, {}, { ...at(address), ...(authorization && { authorization }) });

  it('refuses the eleventh request of a session in a minute, before anything runs', async ({ server, other }) => {
    const session = await server.session();
    const { id } = session.user;
    const asked = Array.from({ length: 30 }, () => server.send(session, TypenameDocument));
    expect(await statuses(asked)).toEqual([...Array(10).fill(200), ...Array(20).fill(429)]);

    const input = { user: { id }, username: 'too-many' };
    const { status, headers, data, errors } = await server.send(session, UpdateUserDocument, { input });
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    const retryAfterSeconds = Number(headers.get('retry-after'));
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds });
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(headers.get('ratelimit')).toBe(`"requests";r=0;t=${retryAfterSeconds}`);
    expect(await server.database.query(`select 1 from users where username = 'too-many'`)).toEqual([]);
    expect((await server.send(await server.session(session.user), TypenameDocument)).status).toBe(200);
    expect((await other.send(session, TypenameDocument)).status).toBe(200);
  });

  it('refuses no request of an app token, and shows it no limit', async ({ server }) => {
    const token = await server.token(['users:read']);
    const responses = await Promise.all(Array.from({ length: 30 }, () => server.send(token, TypenameDocument)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(responses.flatMap(({ headers }) => [...headers.keys()]).filter((name) => /ratelimit/.test(name))).toEqual(
      [],
    );
  });

  it('shows each counted request how many are left, also where it is refused for another reason', async ({
    server,
  }) => {
    const tell = async (response: Promise<Pick<TestResponse, 'headers'>>) => {
      const { headers } = await response;
      return [headers.get('ratelimit-policy'), headers.get('ratelimit')?.replace(/t=([1-9]|[1-5]\d|60)$/, 't=')];
    };
    const policy = '"requests";q=10;w=60';
    expect(await tell(from(server, '192.0.2.30'))).toEqual([policy, '"requests";r=9;t=']);
    expect(await tell(server.send(undefined, ViewerDocument, {}, at('192.0.2.30')))).toEqual([
      policy,
      '"requests";r=8;t=',
    ]);
    expect(await tell(server.send(undefined, '{', {}, at('192.0.2.30')))).toEqual([policy, '"requests";r=7;t=']);
    expect(await tell(from(server, '192.0.2.30', 'Bearer made-up'))).toEqual([policy, '"requests";r=9;t=']);
    expect(await tell(from(server, '192.0.2.30', 'Basic YTpi'))).toEqual([policy, '"requests";r=8;t=']);
  });

  it('counts requests without a credential by address', async ({ server }) => {
    expect(await statuses(Array.from({ length: 11 }, () => from(server, '192.0.2.1')))).toEqual([
      ...Array(10).fill(200),
      429,
    ]);
    expect((await from(server, '192.0.2.2')).status).toBe(200);
  });

  it('refuses the eleventh request of an address before its body is read', async ({ server }) => {
    await Promise.all(Array.from({ length: 10 }, () => from(server, '192.0.2.4')));
    const head = [
      'POST /graphql HTTP/1.1',
      'host: scrip',
      'x-forwarded-for: 192.0.2.4',
      'content-type: application/json',
    ];
    const response = await exchange(server, [...head, 'content-length: 1000000']); // no byte of it follows
    expect(response).toMatch(/^HTTP\/1.1 429 /);
    expect(response).toContain('"code":"RATE_LIMITED"');
    expect(response).toMatch(/\r\nratelimit: "requests";r=0;/i);
  });

  it.for(['{', '[]', '"text"'])('counts requests whose body is %s', async (body, { server }) => {
    const address = `192.0.2.${60 + body.length}`;
    const asked = Array.from({ length: 11 }, () => post(server, body, at(address)));
    expect(await statuses(asked)).toEqual([...Array(10).fill(400), 429]);
  });

  it('counts rejected credentials by address, apart from requests without one, such as log-ins', async ({ server }) => {
    const { secret: ended, id } = await server.token(['users:read']);
    await server.database.query(`update tokens set expires_at = now() where id = $1`, [id]);
    const bad = ['Bearer made-up', 'Basic YTpi', `Bearer ${ended}`];
    const asked = Array.from({ length: 10 }, (_, index) => from(server, '192.0.2.3', bad[index % 3]));
    expect(await statuses(asked)).toEqual([...Array(3).fill(200), ...Array(3).fill(400), ...Array(4).fill(401)]);
    for (const credential of bad) expect((await from(server, '192.0.2.3', credential)).status).toBe(429);
    const wrong = { username: 'a', password: 'wrong horse' };
    const loggedIn = await server.send(undefined, LogInDocument, wrong, at('192.0.2.3'));
    expect(loggedIn.errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
  });

  it('does not count in the database, and does not wait for it', async ({ server }) => {
    const lock = new pg.Client({ connectionString: server.database.url });
    await lock.connect();
    await lock.query('begin; lock table throttles');
    expect((await from(server, '192.0.2.40')).status).toBe(200);
    await lock.end();
    expect(await server.database.query('select key from throttles')).toEqual([]);
  });

  it('counts each operation over a WebSocket, and says when to retry', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.session());
    for (let id = 1; id <= 10; id++) {
      socket.subscribe(String(id), print(TypenameDocument));
      expect((await socket.rest()).map(({ type }) => type)).toEqual(['next', 'complete']);
    }
    socket.subscribe('11', print(TypenameDocument));
    const [refused] = await socket.rest();
    expect(refused).toMatchObject({ type: 'error', id: '11', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(refused?.payload[0].extensions.retryAfterSeconds).toBeGreaterThan(0);
    socket.socket.close();
  });

  it('refuses a network that guesses at credentials over WebSockets', async ({ server }) => {
    const codes = [];
    for (let guess = 1; guess <= 11; guess++) {
      const socket = await openSocket(server, { headers: { 'x-forwarded-for': '192.0.2.50' } });
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer guess-${guess}` } });
      codes.push((await socket.closed).code);
    }
    expect(codes).toEqual([...Array(10).fill(4401), 1013]);
  });

  it('counts the root fields of mutations too, so that fifty in each request do not evade it', async ({ server }) => {
    const session = await server.session();
    const { id } = session.user;
    const post = (index: number) => `a${index}: createPost(input: { title: "t", body: "b" }) { post { id } }`;
    const fifty = `mutation { ${Array.from({ length: 50 }, (_, index) => post(index))} }`;
    const first = await server.send(session, fifty);
    expect(first.errors).toBeUndefined();
    expect(first.headers.get('ratelimit')).toMatch(/^"requests";r=0;/); // of the root fields, though 9 requests are left
    const { status, data, headers, errors } = await server.send(session, fifty);
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    expect(errors?.[0]?.extensions['retryAfterSeconds']).toBe(Number(headers.get('retry-after')));
    expect(headers.get('ratelimit')).toBe(`"requests";r=0;t=${headers.get('retry-after')}`);
    const read = await server.send(session, TypenameDocument);
    expect(read.status).toBe(200);
    expect(read.headers.get('ratelimit')).toMatch(/^"requests";r=7;/);
    const [written] = await server.database.query('select count(*)::int from posts where author_id = $1', [id]);
    expect(written).toEqual({ count: 50 });
    const token = await server.everything();
    const spread = (isSkipped: boolean) =>
      `mutation ($no: Boolean = ${isSkipped}) { ...F @skip(if: $no) } fragment F on Mutation { ${post(0)} }`;
    expect((await server.send(session, spread(false))).status).toBe(429);
    expect((await server.send(session, spread(true))).data).toEqual({}); // nothing of it runs
    const credentials = { username: 'by-a-token', password: 'correct horse battery' };
    expect((await server.send(token, SignUpDocument, credentials)).errors).toBeUndefined();
  });
});

describe('The setting of the throttle of requests', () => {
  itAlone('is 600 in a minute by default', async () => {
    const server = await startServer({ THROTTLE_REQUESTS_PER_MINUTE: '' });
    const { headers } = await server.send(undefined, TypenameDocument);
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=600;w=60');
    await server.close();
  });

  itAlone('turns the throttle off with 0', async () => {
    const server = await startServer({ THROTTLE_REQUESTS_PER_MINUTE: '0' });
    expect((await server.send(undefined, TypenameDocument)).headers.get('ratelimit')).toBeNull();
    await server.close();
  });
});

describe('Renames of one user', () => {
  itAlone('are refused after ten in an hour, and write no more rows of the audit log', async () => {
    const server = await startServer();
    const session = await server.session();
    const { id } = session.user;
    const rename = (credential: { secret: string }, username: string) =>
      server.send(credential, UpdateUserDocument, { input: { user: { id }, username } });
    for (let time = 0; time < 10; time++) {
      expect((await rename(session, time % 2 === 0 ? 'to' : 'fro')).errors).toBeUndefined();
    }
    const { data, errors } = await rename(session, 'to');
    expect(data).toEqual({ updateUser: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
    expect((await rename(session, 'fro')).errors).toBeUndefined(); // it is the name already
    const events = await server.database.query(`select 1 from audit_events where action = 'USER_UPDATED'`);
    expect(events).toHaveLength(10);
    expect((await rename(await server.everything(), 'by-an-administrator')).errors).toBeUndefined();
    await server.close();
  });
});

describe('The throttle of sign-ups', () => {
  itAlone('allows one network twenty in an hour, whatever the document and the result', async () => {
    const server = await startServer({ TRUSTED_PROXIES: '1' });
    const password = 'correct horse battery';
    const fields = Array.from(
      { length: 25 },
      (_, index) => `a${index}: signUp(input: { username: "u${index % 15}", password: "${password}" }) { accessToken }`,
    );
    const codes: unknown[] = [];
    // An operation takes five passwords.
    for (let first = 0; first < fields.length; first += 5) {
      const { errors = [] } = await server.send(
        undefined,
        `mutation { ${fields.slice(first, first + 5)} }`,
        {},
        at('192.0.2.1'),
      );
      codes.push(...errors.map(({ extensions }) => extensions['code']));
    }
    expect(codes).toEqual([...Array(5).fill('USERNAME_TAKEN'), ...Array(5).fill('RATE_LIMITED')]);
    const refused = await server.send(undefined, SignUpDocument, { username: 'late', password }, at('192.0.2.1'));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    const elsewhere = { username: 'elsewhere', password };
    expect((await server.send(undefined, SignUpDocument, elsewhere, at('192.0.2.2'))).errors).toBeUndefined();
    await server.close();
  });
});

describe('The throttle of renewals', () => {
  it('allows thirty renewals of a session in a minute, and does not count repetitions', async ({ server }) => {
    const session = await server.session();
    let refreshToken = session.refreshToken;
    for (let time = 0; time < 30; time++) {
      const { data } = await server.send(undefined, RenewSessionDocument, { refreshToken });
      await server.send(undefined, RenewSessionDocument, { refreshToken });
      refreshToken = data.renewSession.refreshToken;
    }
    const { data, headers, errors } = await server.send(undefined, RenewSessionDocument, { refreshToken });
    expect(data).toEqual({ renewSession: null });
    expect(errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.send(session, ViewerDocument)).status).toBe(200);
    await server.database.query(`update throttles set expire = now() - interval '1 s'`);
    expect((await server.send(undefined, RenewSessionDocument, { refreshToken })).errors).toBeUndefined();
  });
});
