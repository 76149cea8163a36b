import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuedToken, startServer, type TestServer } from '../server.js';
import { post } from './exchange.js';
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

  it('a credential cannot be judged: 503 UNAVAILABLE, to be tried again', async () => {
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
