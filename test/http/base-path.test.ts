import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { post } from '../support/http.js';
import { itWith } from '../support/server-fixture.js';
import { openClient } from '../support/socket.js';

const TOKEN = 'a-token-of-the-metrics';

/** `server.url` has the path. */
const it = itWith({ BASE_PATH: '/apps/scrip', METRICS_TOKEN: TOKEN });

const PATHS = ['/healthz', '/readyz', '/.well-known/jwks.json', '/graphql?query=%7B__typename%7D', '/favicon.ico'];

describe('Below BASE_PATH', () => {
  it('the API answers over HTTP and WebSocket', async ({ server }) => {
    expect(new URL(server.url).pathname).toBe('/apps/scrip');
    expect((await post(server, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
    const client = openClient(server);
    const { value } = await client.iterate({ query: '{ __typename }' }).next();
    expect(value).toEqual({ data: { __typename: 'Query' } });
    await client.dispose();
  });

  it.for(PATHS)('%s is served as without the path, for a proxy that removes it', async (path, { server }) => {
    const [below, bare] = await Promise.all(
      [`${server.url}${path}`, new URL(path, server.url)].map(async (url) => {
        const response = await fetch(url, { headers: { accept: 'application/json' } });
        return { status: response.status, body: await response.text() };
      }),
    );
    expect(below?.status).toBeLessThan(300);
    expect(bare).toEqual(below);
  });

  it('the metrics need their token, and have routes without the path', async ({ server }) => {
    const authorization = `Bearer ${TOKEN}`;
    expect(server.metricsUrl).toBe(`${server.url}/metrics`);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const text = await (await fetch(`${server.url}/metrics`, { headers: { authorization } })).text();
    expect(text).toContain('route="/metrics",status="401"');
  });

  it.for(['', '/', '/?from=bookmark'])(
    'a browser at "%s" is redirected to GraphiQL there',
    async (path, { server }) => {
      const response = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' });
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe('/apps/scrip/graphql');
    },
  );

  it.for(['/graphql', '/console', '/console/tokens'])(
    '%s names assets that can be loaded',
    async (path, { server }) => {
      const response = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
      const html = await response.text();
      const assets = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, asset = '']) => asset);
      expect(assets.length).toBeGreaterThan(1);
      for (const asset of assets.filter((name) => !name.startsWith('data:'))) {
        expect(asset).toMatch(/^\/apps\/scrip\/assets\//);
        const { status, headers } = await fetch(new URL(asset, server.url));
        expect({ asset, status }).toEqual({ asset, status: 200 });
        expect(headers.get('cache-control')).toContain('immutable');
      }
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    },
  );

  it('a path that is not known is 404 and names the API, and a wrong method is 405', async ({ server }) => {
    const { errors } = await (await fetch(`${server.url}/nothing`)).json();
    expect(errors[0].message).toBe('Not found. The API is at /apps/scrip/graphql.');
    expect((await fetch(`${server.url}/healthz`, { method: 'PUT' })).status).toBe(405);
  });

  it.for(['/apps/scripture/graphql', '/apps/scrip/apps/scrip/graphql', '/apps/graphql'])(
    'there is nothing at %s',
    async (path, { server }) => {
      expect((await fetch(new URL(path, server.url))).status).toBe(404);
      const socket = new WebSocket(new URL(path, server.url).href.replace('http', 'ws'), 'graphql-transport-ws');
      const [error] = await once(socket, 'error');
      expect(error.message).toContain('404');
    },
  );
});
