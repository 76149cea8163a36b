import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

const open = (server: TestServer, search: string, accept: string) =>
  fetch(`${server.url}/graphql${search}`, { headers: { accept } });

describe('GraphiQL', () => {
  it.for(['', '?query=%7B__typename%7D', '?query=%7B'])(
    'is the response to a browser at /graphql%s',
    async (search, { server }) => {
      const response = await open(server, search, BROWSER);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'; script-src 'self'; `);
      expect(await response.text()).toMatch(/^<!doctype html>/i);
    },
  );

  it.for(['*/*', 'application/json', 'application/json, text/html;q=0.9'])(
    'is not sent to a client that accepts %s',
    async (accept, { server }) => {
      const response = await open(server, '?query=%7B__typename%7D', accept);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it('is not sent in response to a POST', async ({ server }) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: BROWSER, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
