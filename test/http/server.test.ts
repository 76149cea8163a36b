import { describe, expect } from 'vitest';
import { exchange, open, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const ORIGIN = 'https://shop.example';

const it = itWith({
  CORS_ORIGINS: `${ORIGIN}, https://other.example`,
  METRICS_TOKEN: 'a-token-for-metrics-alone',
});

const paths = ['/graphql?query={__typename}', '/graphql', '/healthz', '/readyz', '/metrics', '/nothing', '/%E0%A4%A'];

describe('Every response', () => {
  it.for(paths)('to %s forbids storing, framing and content sniffing', async (path, { server }) => {
    const { headers } = await fetch(`${server.url}${path}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.for(paths)('to %s has its own request id, and ignores that of the client', async (path, { server }) => {
    const responses = await Promise.all(
      [1, 2].map(() => fetch(`${server.url}${path}`, { headers: { 'x-request-id': 'mine', 'request-id': 'mine' } })),
    );
    const ids = responses.map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('A page of a known origin', () => {
  it('may send requests, and may read the headers that clients use', async ({ server }) => {
    const { headers } = await post(server, { query: '{ viewer { kind } }' }, { origin: ORIGIN });
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('access-control-expose-headers')).toBe(
      'ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id',
    );
    expect(headers.get('vary')).toMatch(/origin/i);
  });

  it('may send its credential, by the preflight', async ({ server }) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    expect(response.headers.get('x-request-id')).not.toBeNull();
  });

  it('may send the headers that tracing and client libraries add', async ({ server }) => {
    const asked =
      'apollographql-client-name,authorization,baggage,content-type,idempotency-key,sentry-trace,traceparent';
    const { headers } = await preflight(server, ORIGIN, asked);
    expect(headers.get('access-control-allow-headers')).toBe(asked);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/access-control-request-headers/i);
  });
});

describe('A page of any other origin', () => {
  it('may not read responses', async ({ server }) => {
    const { headers } = await post(server, { query: '{ __typename }' }, { origin: 'https://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may send no further headers, by the preflight', async ({ server }) => {
    const { headers } = await preflight(server, 'https://evil.example', 'authorization,content-type');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

const UPGRADE = [
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-version: 13',
  `sec-websocket-key: ${'a'.repeat(22)}==`,
];
async function preflight(server: TestServer, origin: string, headers: string): Promise<Response> {
  return await fetch(`${server.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
  });
}

describe('A request that cannot be read', () => {
  it.for([
    ['is no HTTP', 400, ['nonsense']],
    ['has a header that is too long', 431, ['GET /healthz HTTP/1.1', 'host: scrip', `x-long: ${'x'.repeat(20_000)}`]],
    ['has a NUL in a header', 400, ['GET /healthz HTTP/1.1', 'host: scrip', 'x-nul: a\0b']],
    ['has a folded header', 400, ['GET /healthz HTTP/1.1', 'host: scrip', 'x-folded: a', ' b']],
    ['has two lengths', 400, ['POST /graphql HTTP/1.1', 'host: scrip', 'content-length: 1', 'content-length: 2']],
    [
      'has a length and none',
      400,
      ['POST /graphql HTTP/1.1', 'host: scrip', 'content-length: 1', 'transfer-encoding: chunked'],
    ],
    ['has two hosts', 400, ['GET /healthz HTTP/1.1', 'host: scrip', 'host: evil.example']],
    ['has one host twice', 400, ['GET /healthz HTTP/1.1', 'host: scrip', 'Host: scrip']],
    ['has no host', 400, ['GET /healthz HTTP/1.1', 'accept: */*']],
    ['has two hosts and wants a WebSocket', 400, ['GET /graphql HTTP/1.1', 'host: a', 'host: b', ...UPGRADE]],
    ['expects what is not met', 417, ['POST /graphql HTTP/1.1', 'host: scrip', 'expect: 200-ok', 'content-length: 0']],
    ['has a path that cannot be decoded', 400, ['GET /%E0%A4%A HTTP/1.1', 'host: scrip', 'connection: close']],
  ] as const)('because it %s gets %i, in the form of every error', async ([_case, status, lines], { server }) => {
    const response = await exchange(server, lines);
    expect(response).toContain(`HTTP/1.1 ${status} `);
    expect(response).toMatch(/\r\nx-request-id: [0-9a-f-]{36}\r\n/);
    expect(response).toMatch(/\r\ncache-control: no-store\r\n/);
    expect(response).toMatch(/\r\nx-content-type-options: nosniff\r\n/);
    expect(response).toMatch(/\{"errors":\[\{"message":"[^"]+","extensions":\{"code":"BAD_REQUEST"\}\}\]\}$/);
    expect(response).not.toMatch(/node_modules|at .*:\d+:\d+/);
  });

  it('differs from one of HTTP/1.0 without a host, and from one that expects 100-continue', async ({ server }) => {
    expect(await exchange(server, ['GET /healthz HTTP/1.0'])).toMatch(/^HTTP\/1.1 200 /);
    const lines = ['GET /healthz HTTP/1.1', 'host: scrip', 'expect: 100-continue', 'connection: close'];
    expect(await exchange(server, lines)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  it('does not affect the next one where its client resets the connection', async ({ server }) => {
    const socket = await open(server);
    socket.on('error', () => {});
    socket.write('nonsense\r\n\r\n');
    socket.resetAndDestroy();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe('/healthz, /readyz and /metrics', () => {
  it.for(['/healthz', '/readyz', '/metrics'])('%s allows GET and HEAD alone', async (path, { server }) => {
    const headers = { authorization: 'Bearer a-token-for-metrics-alone' };
    expect((await fetch(`${server.url}${path}`, { method: 'HEAD', headers })).status).toBe(200);
    const response = await fetch(`${server.url}${path}`, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });
});
