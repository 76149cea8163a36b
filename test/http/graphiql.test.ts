import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server.close());

const open = (search: string, accept: string) => fetch(`${server.url}/graphql${search}`, { headers: { accept } });

describe('GraphiQL', () => {
  it.each(['', '?query=%7B__typename%7D', '?query=%7B'])('is what a browser gets from /graphql%s', async (search) => {
    const response = await open(search, BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'; script-src 'self'; `);
    expect(await response.text()).toMatch(/^<!doctype html>/i);
  });

  it.each(['*/*', 'application/json', 'application/json, text/html;q=0.9'])(
    'is not what a client gets that takes %s',
    async (accept) => {
      const response = await open('?query=%7B__typename%7D', accept);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it('is nothing that a POST gets', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: BROWSER, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
