import { print } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it as itAlone, vi } from 'vitest';
import { RenewSessionDocument, SignUpDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, post } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const PUBLIC = '{ __typename }';
const SIGN_UP_FIELD = (name: string) =>
  `signUp(input: { username: "${name}", password: "correct horse battery" }) { accessToken }`;

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

  const statuses = async (answers: Promise<{ status: number }>[]) =>
    (await Promise.all(answers)).map(({ status }) => status).toSorted();
  const from = (server: TestServer, address: string, query = PUBLIC, authorization?: string) =>
    post(server, { query }, { 'x-forwarded-for': address, ...(authorization && { authorization }) });

  it('refuses the eleventh request of a session in a minute, before anything runs', async ({ server, other }) => {
    const session = await server.session();
    const { id } = session.user;
    const asked = Array.from({ length: 30 }, () => server.send(session, PUBLIC));
    expect(await statuses(asked)).toEqual([...Array(10).fill(200), ...Array(20).fill(429)]);

    const rename = `mutation { updateUser(input: { user: { id: "${id}" }, username: "too-many" }) { user { id } } }`;
    const { status, headers, data, errors } = await server.send(session, rename);
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    const retryAfterSeconds = Number(headers.get('retry-after'));
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds });
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(headers.get('ratelimit')).toBe(`"requests";r=0;t=${retryAfterSeconds}`);
    expect(await server.database.query(`select 1 from users where username = 'too-many'`)).toEqual([]);
    expect((await server.send(await server.session(session.user), PUBLIC)).status).toBe(200);
    expect((await other.send(session, PUBLIC)).status).toBe(200);
  });

  it('never refuses an app token, nor tells it of a limit', async ({ server }) => {
    const token = await server.token(['users:read']);
    const answers = await Promise.all(Array.from({ length: 30 }, () => server.send(token, PUBLIC)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.flatMap(({ headers }) => [...headers.keys()]).filter((name) => /ratelimit/.test(name))).toEqual([]);
  });

  it('tells each counted request how many are left, also where it is refused for another reason', async ({
    server,
  }) => {
    const tell = async (answer: ReturnType<typeof post>) => {
      const { headers } = await answer;
      return [headers.get('ratelimit-policy'), headers.get('ratelimit')?.replace(/t=([1-9]|[1-5]\d|60)$/, 't=')];
    };
    const policy = '"requests";q=10;w=60';
    expect(await tell(from(server, '192.0.2.30'))).toEqual([policy, '"requests";r=9;t=']);
    expect(await tell(from(server, '192.0.2.30', '{ viewer { kind } }'))).toEqual([policy, '"requests";r=8;t=']);
    expect(await tell(from(server, '192.0.2.30', '{'))).toEqual([policy, '"requests";r=7;t=']);
    expect(await tell(from(server, '192.0.2.30', PUBLIC, 'Bearer made-up'))).toEqual([policy, '"requests";r=9;t=']);
    expect(await tell(from(server, '192.0.2.30', PUBLIC, 'Basic YTpi'))).toEqual([policy, '"requests";r=8;t=']);
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
    const asked = Array.from({ length: 11 }, () => post(server, body, { 'x-forwarded-for': address }));
    expect(await statuses(asked)).toEqual([...Array(10).fill(400), 429]);
  });

  it('counts rejected credentials by address, apart from requests without one, such as log-ins', async ({ server }) => {
    const { secret: ended, id } = await server.token(['users:read']);
    await server.database.query(`update tokens set expires_at = now() where id = $1`, [id]);
    const bad = ['Bearer made-up', 'Basic YTpi', `Bearer ${ended}`];
    const asked = Array.from({ length: 10 }, (_, index) => from(server, '192.0.2.3', PUBLIC, bad[index % 3]));
    expect(await statuses(asked)).toEqual([...Array(3).fill(200), ...Array(3).fill(400), ...Array(4).fill(401)]);
    for (const credential of bad) expect((await from(server, '192.0.2.3', PUBLIC, credential)).status).toBe(429);
    const logIn = 'mutation { logIn(input: { username: "a", password: "wrong horse" }) { accessToken } }';
    expect((await from(server, '192.0.2.3', logIn)).errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
  });

  it('is not waited for at the database', async ({ server }) => {
    const lock = new pg.Client({ connectionString: server.database.url });
    await lock.connect();
    await lock.query('begin; lock table throttles');
    expect((await from(server, '192.0.2.40')).status).toBe(200);
    await lock.end();
    expect(await server.database.query('select key from throttles')).toEqual([]);
  });

  it('counts each operation over a WebSocket, and says when to try again', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.session());
    for (let id = 1; id <= 10; id++) {
      socket.subscribe(String(id), PUBLIC);
      expect((await socket.rest()).map(({ type }) => type)).toEqual(['next', 'complete']);
    }
    socket.subscribe('11', PUBLIC);
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

  it('counts the root fields of mutations too, so that fifty in each request do not get around it', async ({
    server,
  }) => {
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
    const read = await server.send(session, PUBLIC);
    expect(read.status).toBe(200);
    expect(read.headers.get('ratelimit')).toMatch(/^"requests";r=7;/);
    const [written] = await server.database.query('select count(*)::int from posts where author_id = $1', [id]);
    expect(written).toEqual({ count: 50 });
    const token = await server.everything();
    const spread = (isSkipped: boolean) =>
      `mutation ($no: Boolean = ${isSkipped}) { ...F @skip(if: $no) } fragment F on Mutation { ${post(0)} }`;
    expect((await server.send(session, spread(false))).status).toBe(429);
    expect((await server.send(session, spread(true))).data).toEqual({}); // nothing of it runs
    expect((await server.send(token, `mutation { ${SIGN_UP_FIELD('by-a-token')} }`)).errors).toBeUndefined();
  });
});

describe('The throttle of requests that nothing was set for', () => {
  itAlone('lets 600 by in a minute', async () => {
    const server = await startServer({ THROTTLE_REQUESTS_PER_MINUTE: '' });
    const { headers } = await post(server, { query: PUBLIC });
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=600;w=60');
    await server.close();
  });

  itAlone('is off where the setting is 0', async () => {
    const server = await startServer({ THROTTLE_REQUESTS_PER_MINUTE: '0' });
    expect((await post(server, { query: PUBLIC })).headers.get('ratelimit')).toBeNull();
    await server.close();
  });
});

describe('The renames of one user to and fro', () => {
  itAlone('end after ten in an hour, and leave no more rows in the audit log', async () => {
    const server = await startServer();
    const session = await server.session();
    const { id } = session.user;
    const rename = (credential: { secret: string }, username: string) =>
      server.send(
        credential,
        'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { username } } }',
        { input: { user: { id }, username } },
      );
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
  itAlone('allows one network twenty in an hour, in any document and with any outcome', async () => {
    const server = await startServer({ TRUSTED_PROXIES: '1' });
    const password = 'correct horse battery';
    const from = (address: string, query: string, variables = {}) =>
      post(server, { query, variables }, { 'x-forwarded-for': address });
    const fields = Array.from(
      { length: 25 },
      (_, index) => `a${index}: signUp(input: { username: "u${index % 15}", password: "${password}" }) { accessToken }`,
    );
    const codes: unknown[] = [];
    // An operation takes five passwords.
    for (let first = 0; first < fields.length; first += 5) {
      const { errors = [] } = await from('192.0.2.1', `mutation { ${fields.slice(first, first + 5)} }`);
      codes.push(...errors.map(({ extensions }) => extensions['code']));
    }
    expect(codes).toEqual([...Array(5).fill('USERNAME_TAKEN'), ...Array(5).fill('RATE_LIMITED')]);
    const refused = await from('192.0.2.1', print(SignUpDocument), { username: 'late', password });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(
      (await from('192.0.2.2', print(SignUpDocument), { username: 'elsewhere', password })).errors,
    ).toBeUndefined();
    await server.close();
  });
});

describe('The throttle of renewals', () => {
  it('lets a session be renewed thirty times in a minute, and counts no repetition', async ({ server }) => {
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
    expect((await server.send(session.secret, '{ viewer { kind } }')).status).toBe(200);
    await server.database.query(`update throttles set expire = now() - interval '1 s'`);
    expect((await server.send(undefined, RenewSessionDocument, { refreshToken })).errors).toBeUndefined();
  });
});
