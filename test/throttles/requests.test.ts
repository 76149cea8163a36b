import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../http/exchange.js';
import { startServer, type TestServer } from '../server.js';
import { RENEW, SIGN_UP } from '../sessions/documents.js';

const PUBLIC = '{ __typename }';
const NAME = 'mutation { createUser(input: { username: "too-many" }) { user { id } } }';

describe('The throttle of requests', () => {
  let server: TestServer;
  let other: TestServer;
  beforeAll(async () => {
    const env = { TRUSTED_PROXIES: '1', THROTTLE_REQUESTS_PER_MINUTE: '10' };
    server = await startServer(env);
    other = await startServer({ ...env, DATABASE_URL: server.database.url });
  });
  afterAll(async () => {
    await other.close();
    await server.close();
  });

  const statuses = async (answers: Promise<{ status: number }>[]) =>
    (await Promise.all(answers)).map(({ status }) => status).toSorted();

  it('answers so many of a credential, on all nodes together, and refuses the rest before anything runs', async () => {
    const token = await server.everything();
    const asked = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? server : other).send(token, PUBLIC));
    expect(await statuses(asked)).toEqual([...Array(10).fill(200), ...Array(20).fill(429)]);

    const { status, headers, data, errors } = await server.send(token, NAME);
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    expect(errors?.[0]?.extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: Number(headers.get('retry-after')),
    });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await server.database.query(`select 1 from users where username = 'too-many'`)).toEqual([]);
    expect((await server.send(await server.token(['users:read'], token.owner), PUBLIC)).status).toBe(200);
  });

  it('counts whoever has no credential, or one that does not count, by address', async () => {
    const from = (address: string, authorization?: string) =>
      post(server, { query: PUBLIC }, { 'x-forwarded-for': address, ...(authorization && { authorization }) });
    const bad = ['Bearer made-up', 'Basic YTpi'];
    const asked = Array.from({ length: 10 }, (_, index) => from('192.0.2.1', bad[index % 3]));
    expect(await statuses(asked)).toEqual([...Array(3).fill(200), ...Array(3).fill(400), ...Array(4).fill(401)]);
    expect(await statuses([from('192.0.2.1'), from('192.0.2.1', bad[0]), from('192.0.2.2')])).toEqual([200, 429, 429]);
  });
});

describe('The throttle of sign-ups', () => {
  it('lets twenty by of one place in an hour, in whatever document and with whatever outcome', async () => {
    const server = await startServer({ TRUSTED_PROXIES: '1' });
    const password = 'correct horse battery';
    const from = (address: string, query: string, variables = {}) =>
      post(server, { query, variables }, { 'x-forwarded-for': address });
    const fields = Array.from(
      { length: 25 },
      (_, index) => `a${index}: signUp(input: { username: "u${index % 15}", password: "${password}" }) { accessToken }`,
    );
    const { errors } = await from('192.0.2.1', `mutation { ${fields} }`);
    const codes = errors?.map(({ extensions }) => extensions['code']);
    expect(codes).toEqual([...Array(5).fill('USERNAME_TAKEN'), ...Array(5).fill('RATE_LIMITED')]);
    const refused = await from('192.0.2.1', SIGN_UP, { username: 'late', password });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect((await from('192.0.2.2', SIGN_UP, { username: 'elsewhere', password })).errors).toBeUndefined();
    await server.close();
  });
});

describe('The throttle of renewals', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('lets a session be renewed thirty times in a minute, and counts no repetition', async () => {
    const session = await server.session();
    let refreshToken = session.refreshToken;
    for (let time = 0; time < 30; time++) {
      const { data } = await server.send(undefined, RENEW, { refreshToken });
      await server.send(undefined, RENEW, { refreshToken });
      refreshToken = data.renewSession.refreshToken;
    }
    const { data, headers, errors } = await server.send(undefined, RENEW, { refreshToken });
    expect(data).toEqual({ renewSession: null });
    expect(errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.send(session.secret, '{ viewer { kind } }')).status).toBe(200);
    await server.database.query(`update throttles set expire = now() - interval '1 s'`);
    expect((await server.send(undefined, RENEW, { refreshToken })).errors).toBeUndefined();
  });

  it('hears a place no more that has sent a hundred and fifty tokens which were refused', async () => {
    const { refreshToken } = await server.session();
    const tries = (count: number) =>
      Promise.all(Array.from({ length: count }, () => server.send(undefined, RENEW, { refreshToken: 'made up' })));
    const refused = await tries(150);
    const codes = new Set(refused.map(({ errors }) => errors?.[0]?.extensions['code']));
    expect(codes).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
    const [next] = await tries(1);
    expect(next?.errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    expect((await server.send(undefined, RENEW, { refreshToken })).errors?.[0]?.extensions['code']).toBe(
      'RATE_LIMITED',
    );
  });
});
