import { describe, expect } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { AddPointsDocument, ViewerKindDocument } from '../operations/generated.js';
import { it as itWithout } from '../support/fixtures.js';
import { post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const METRICS_TOKEN = 'a-token-for-metrics-alone';
const INVALID = 'Bearer realm="scrip", error="invalid_token"';

const it = itWith({ METRICS_TOKEN });
const itOnPort = itWith({ METRICS_PORT: '0' });
const itOnPortWithToken = itWith({ METRICS_PORT: '0', METRICS_TOKEN });

async function ask(server: TestServer, authorization?: string): Promise<Response> {
  return await fetch(`${server.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
}

describe('/metrics', () => {
  const metrics = async (server: TestServer) => await (await ask(server, `Bearer ${METRICS_TOKEN}`)).text();

  it('responds in the text format of Prometheus', async ({ server }) => {
    const response = await ask(server, `Bearer ${METRICS_TOKEN}`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('process_cpu_seconds_total');
  });

  it('measures the duration of requests by route and status', async ({ server }) => {
    await fetch(`${server.url}/healthz`);
    expect(await metrics(server)).toMatch(/http_request_duration_seconds_count\{route="\/healthz",status="200"\} \d+/);
  });

  it('counts operations by kind and outcome', async ({ server }) => {
    await server.send(undefined, ViewerKindDocument);
    await post(server, { query: '{ __typename }' });
    const text = await metrics(server);
    expect(text).toMatch(/graphql_operations_total\{kind="query",outcome="UNAUTHENTICATED"\} [1-9]/);
    expect(text).toMatch(/graphql_operations_total\{kind="query",outcome="OK"\} [1-9]/);
  });

  it('counts errors of mutations by effect', async ({ server }) => {
    expect(await metrics(server)).toContain('graphql_mutation_errors_total{effect="unknown"} 0\n');
    const token = await server.token(['points:add']);
    await server.send(token, AddPointsDocument, { input: { user: { username: 'missing' }, points: 1 } });
    const text = await metrics(server);
    expect(text).toContain('graphql_mutation_errors_total{effect="none"} 1\n');
    expect(text).toContain('scrip_points_changes 0\n');
  });

  it('contains no text from a request', async ({ server }) => {
    await fetch(`${server.url}/made-up-path?made-up-parameter=1`);
    await post(server, { query: 'query madeUpName { madeUpField }' });
    const text = await metrics(server);
    expect(text).toMatch(/graphql_operations_total\{kind="[^"]*",outcome="GRAPHQL_VALIDATION_FAILED"\} 1\n/);
    expect(text).not.toMatch(/made.?up/i);
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

  it('is refused with 401 to an app token with every scope', async ({ server }) => {
    expect((await ask(server, `Bearer ${(await server.everything()).secret}`)).status).toBe(401);
  });

  it('accepts the scheme in any case', async ({ server }) => {
    expect((await ask(server, `bearer  ${METRICS_TOKEN}`)).status).toBe(200);
  });
});

describe('/metrics without METRICS_TOKEN and METRICS_PORT', () => {
  itWithout('is 404', async ({ server }) => {
    expect(server.metricsUrl).toBeUndefined();
    for (const headers of [{}, { authorization: `Bearer ${METRICS_TOKEN}` }]) {
      expect((await fetch(`${server.url}/metrics`, { headers })).status).toBe(404);
    }
  });
});

describe('/metrics under METRICS_PORT', () => {
  itOnPort(
    'is served without a token on a port of loopback, alone there, and not on the port of the API',
    async ({ server }) => {
      const url = server.metricsUrl ?? '';
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await response.text()).toContain('process_cpu_seconds_total');
      for (const path of ['/graphql', '/healthz', '/console']) {
        expect((await fetch(new URL(path, url))).status).toBe(404);
      }
      expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    },
  );

  itOnPortWithToken('is served on both ports with METRICS_TOKEN', async ({ server }) => {
    expect((await fetch(server.metricsUrl ?? '')).status).toBe(200);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect((await ask(server, `Bearer ${METRICS_TOKEN}`)).status).toBe(200);
  });
});

describe('METRICS_TOKEN', () => {
  it.each(['fifteen-letters', 'a token with spaces in it', 'a-token-with-"quotes"'])(
    '%s is refused at the start, and the message does not repeat it',
    (token) => {
      const start = () => parseConfig({ METRICS_TOKEN: token });
      expect(start).toThrow(/^Bad settings: METRICS_TOKEN must be at least 16/);
      expect(start).not.toThrow(token);
    },
  );
});

describe('METRICS_PORT', () => {
  it('is refused at the start where it is the port of the API', () => {
    expect(() => parseConfig({ PORT: '4001', METRICS_PORT: '4001' })).toThrow(
      'PORT and METRICS_PORT must be different.',
    );
  });
});
