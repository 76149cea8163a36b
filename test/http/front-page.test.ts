import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';

/** As Chromium sends it. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('/', () => {
  it.for(['GET', 'HEAD'])('redirects a browser to GraphiQL (%s)', async (method, { server }) => {
    for (const path of ['/', '/?from=bookmark']) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { accept: BROWSER },
        redirect: 'manual',
      });
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe('/graphql');
      expect(response.headers.get('vary')).toBe('accept');
    }
  });

  it.for([
    ['GET', '*/*'],
    ['GET', 'application/json'],
    ['POST', 'application/json'],
    ['POST', BROWSER],
  ] as const)(
    'is 404 for a client of the API, with the address of the API: %s, %s',
    async ([method, accept], { server }) => {
      const response = await fetch(`${server.url}/`, { method, headers: { accept }, redirect: 'manual' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        errors: [{ message: 'Not found. The API is at /graphql.', extensions: { code: 'NOT_FOUND' } }],
      });
    },
  );
});

describe('/favicon.ico', () => {
  it('has no content, and is cached for 30 days', async ({ server }) => {
    const response = await fetch(`${server.url}/favicon.ico`);
    expect(response.status).toBe(204);
    expect(response.headers.get('cache-control')).toBe('public, max-age=2592000');
  });
});
