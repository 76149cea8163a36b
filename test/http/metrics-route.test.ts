import { describe, expect } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { post } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const METRICS_TOKEN = 'a-token-for-metrics-alone';
const INVALID = 'Bearer realm="scrip", error="invalid_token"';

const it = itWith({ METRICS_TOKEN });

async function ask(server: TestServer, authorization?: string): Promise<Response> {
  return await fetch(`${server.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
}

describe('/metrics', () => {
  const metrics = async (server: TestServer) => await (await ask(server, `Bearer ${METRICS_TOKEN}`)).text();

  it('speaks the text format of Prometheus', async ({ server }) => {
    const response = await ask(server, `Bearer ${METRICS_TOKEN}`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('process_cpu_seconds_total');
  });

  it('counts requests by route and status, and the time that they took', async ({ server }) => {
    await fetch(`${server.url}/healthz`);
    expect(await metrics(server)).toMatch(/http_request_duration_seconds_count\{route="\/healthz",status="200"\} \d+/);
  });

  it('counts operations by kind and outcome', async ({ server }) => {
    await post(server, { query: '{ viewer { kind } }' });
    await post(server, { query: '{ __typename }' });
    const text = await metrics(server);
    expect(text).toMatch(/graphql_operations_total\{kind="query",outcome="UNAUTHENTICATED"\} [1-9]/);
    expect(text).toMatch(/graphql_operations_total\{kind="query",outcome="OK"\} [1-9]/);
  });

  it('holds nothing that a client made up', async ({ server }) => {
    await fetch(`${server.url}/made-up-path?made-up-parameter=1`);
    await post(server, { query: 'query madeUpName { madeUpField }' });
    expect(await metrics(server)).not.toMatch(/made.?up/i);
  });

  it.for([
    ['no credential', undefined, 'Bearer realm="scrip"', 'TOKEN_MISSING'],
    ['another token', 'Bearer another-token-for-metrics', INVALID, 'TOKEN_INVALID'],
    ['the beginning of the token', `Bearer ${METRICS_TOKEN.slice(0, -1)}`, INVALID, 'TOKEN_INVALID'],
    ['the token without a scheme', METRICS_TOKEN, INVALID, 'TOKEN_INVALID'],
  ])('is refused with 401 to a scraper with %s', async ([_what, authorization, challenge, reason], { server }) => {
    const response = await ask(server, authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED', reason } }] });
  });

  it('is refused to an app token that may do everything', async ({ server }) => {
    expect((await ask(server, `Bearer ${(await server.everything()).secret}`)).status).toBe(401);
  });

  it('takes the scheme in any case, as elsewhere', async ({ server }) => {
    expect((await ask(server, `bearer  ${METRICS_TOKEN}`)).status).toBe(200);
  });
});

describe('/metrics where nothing switches it on', () => {
  it('is not there', async () => {
    const plain = await startServer();
    expect(plain.metricsUrl).toBeUndefined();
    for (const headers of [{}, { authorization: `Bearer ${METRICS_TOKEN}` }]) {
      expect((await fetch(`${plain.url}/metrics`, { headers })).status).toBe(404);
    }
    await plain.close();
  });
});

describe('/metrics under METRICS_PORT', () => {
  it('is served on a port of loopback, without a token, and nothing else is; the public port has none', async () => {
    const split = await startServer({ METRICS_PORT: '0' });
    const url = split.metricsUrl ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toContain('process_cpu_seconds_total');
    for (const path of ['/graphql', '/healthz', '/console']) {
      expect((await fetch(new URL(path, url))).status).toBe(404);
    }
    expect((await fetch(`${split.url}/metrics`)).status).toBe(404);
    await split.close();
  });

  it('stands beside METRICS_TOKEN', async () => {
    const both = await startServer({ METRICS_PORT: '0', METRICS_TOKEN });
    expect((await fetch(both.metricsUrl ?? '')).status).toBe(200);
    expect((await fetch(`${both.url}/metrics`)).status).toBe(401);
    await both.close();
  });
});

describe('METRICS_TOKEN', () => {
  it.each(['fifteen-letters', 'a token with spaces in it', 'a-token-with-"quotes"'])(
    '%s stops the start, and the message does not repeat it',
    (token) => {
      const start = () => parseConfig({ METRICS_TOKEN: token });
      expect(start).toThrow(/^Bad settings: METRICS_TOKEN must be at least 16/);
      expect(start).not.toThrow(token);
    },
  );
});

describe('METRICS_PORT', () => {
  it('that is the port of the API stops the start', () => {
    expect(() => parseConfig({ PORT: '4001', METRICS_PORT: '4001' })).toThrow(
      'PORT and METRICS_PORT must be different.',
    );
  });
});
