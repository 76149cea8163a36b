import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { ViewerKindDocument } from '../operations/generated.js';
import { exchange, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

/** Minutes are those of the clock, which stands still: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const it = itWith({
  TRUSTED_PROXIES: '1',
  THROTTLE_REQUESTS_PER_MINUTE: '10',
  AUTH_BASIC_LOGIN: 'on',
  AUTH_HEADER_API_TOKEN: 'on',
});

/** Sends the head of a request alone: only one that is refused unread is answered. */
const sendHead = (server: TestServer, address: string, headers: readonly string[]) =>
  exchange(server, [
    'POST /graphql HTTP/1.1',
    'host: scrip',
    `x-forwarded-for: ${address}`,
    'content-type: application/json',
    ...headers,
    'content-length: 1000000',
  ]);

async function useUp(server: TestServer, address: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const ask = () => post(server, { query: '{ __typename }' }, { 'x-forwarded-for': address, ...headers });
  for (const { status } of await Promise.all(Array.from({ length: 10 }, ask))) expect(status).not.toBe(429);
}

/** A secret of the right form with a checksum that is not its own. */
const MISTYPED = `scrip_app_${'a'.repeat(49)}`;

describe('The body of a request with an invalid credential, beyond the limit of its network,', () => {
  it.for([
    ['no token', ['authorization: Bearer junk']],
    ['a secret with a wrong checksum', [`authorization: Bearer ${MISTYPED}`]],
    ['no JWT', ['authorization: Bearer a.b.c']],
    ['of an unknown scheme', ['authorization: Digest x']],
    ['two tokens', ['authorization: Bearer a', 'authorization: Bearer b']],
    ['no token, in the header Api-Token', ['api-token: junk']],
    ['tokens in two headers', ['authorization: Bearer a', 'api-token: b']],
  ] as const)('is not read: %s', async ([what, headers], { server }) => {
    const address = `192.0.2.${what.length}`;
    await useUp(server, address, { authorization: 'Bearer junk' });
    const response = await sendHead(server, address, headers);
    expect(response).toMatch(/^HTTP\/1.1 429 /);
    expect(response).toContain('"code":"RATE_LIMITED"');
    expect(response).toMatch(/\r\nratelimit: "requests";r=0;/i);
  });

  it('is not read where another key signed the JWT', async ({ server }) => {
    const { secret } = await server.session();
    const forged = `${secret.slice(0, secret.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    await useUp(server, '192.0.2.101', { authorization: `Bearer ${forged}` });
    const response = await sendHead(server, '192.0.2.101', [`authorization: Bearer ${forged}`]);
    expect(response).toMatch(/^HTTP\/1.1 429 /);
  });

  it('is not read with a username and a password, which count as no credential', async ({ server }) => {
    await useUp(server, '192.0.2.102', {});
    expect(await sendHead(server, '192.0.2.102', ['authorization: Basic YTpi'])).toMatch(/^HTTP\/1.1 429 /);
  });

  it('is read where the credential can be valid: of a session or an app token', async ({ server }) => {
    const headers = { 'x-forwarded-for': '192.0.2.103' };
    await useUp(server, '192.0.2.103', {});
    await useUp(server, '192.0.2.103', { authorization: 'Bearer junk' });
    const jwt = await server.session();
    const token = await server.token(['users:read']);
    for (const { secret } of [jwt, token]) {
      const { status, data } = await post(
        server,
        { query: print(ViewerKindDocument) },
        { ...headers, authorization: `Bearer ${secret}` },
      );
      expect({ status, kind: data.viewer.kind }).toEqual({ status: 200, kind: secret === jwt.secret ? 'USER' : 'APP' });
    }
  });
});
