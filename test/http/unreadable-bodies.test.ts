import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { post } from '../support/http.js';
import { itWith } from '../support/server-fixture.js';

/** Minutes are those of the clock, which stands still before the server takes it: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const it = itWith({ TRUSTED_PROXIES: '1', THROTTLE_REQUESTS_PER_MINUTE: '10', LIMIT_BODY_BYTES: '1000' });

describe('A body that cannot be read', () => {
  const unreadable = [
    { what: 'no JSON', body: '{', type: 'application/json', status: 400 },
    { what: 'too large', body: 'x'.repeat(1_001), type: 'application/json', status: 413 },
    { what: 'of another type', body: '{}', type: 'text/plain', status: 415 },
  ];

  it.for(unreadable)('counts by the credential of its request: $what', async ({ body, type, status }, { server }) => {
    const from = { 'x-forwarded-for': `192.0.2.${status - 400}`, 'content-type': type };
    const statusesOf = async (secret: string) => {
      const headers = { ...from, authorization: `Bearer ${secret}` };
      return await Promise.all(Array.from({ length: 11 }, async () => (await post(server, body, headers)).status));
    };
    const limited = [...Array(10).fill(status), 429];
    const token = await server.token(['users:read']);
    expect(await statusesOf(token.secret)).toEqual(Array(11).fill(status));
    const session = await server.session();
    expect((await statusesOf(session.secret)).toSorted()).toEqual(limited);
    expect((await statusesOf('made-up')).toSorted()).toEqual(limited);
    const { status: anonymous } = await post(
      server,
      { query: '{ __typename }' },
      { 'x-forwarded-for': from['x-forwarded-for'] },
    );
    expect(anonymous).toBe(200);
    const { headers } = await post(server, body, from);
    expect(headers.get('ratelimit')).toMatch(/^"requests";r=8;/);
  });

  it('of a client beyond its limit is not read, also with a header that is no credential here', async ({ server }) => {
    const from = { 'x-forwarded-for': '192.0.2.99', 'api-token': 'ignored' };
    for (let count = 0; count < 10; count++) expect((await post(server, '{', from)).status).toBe(400);
    const { status, headers } = await post(server, '{', from);
    expect({ status, connection: headers.get('connection') }).toEqual({ status: 429, connection: 'close' });
  });
});
