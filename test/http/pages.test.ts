import { request } from 'node:http';
import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

const PATHS = ['/console', '/console/users', '/graphql'];

describe('The content security policy of the pages', () => {
  it.for(PATHS)('of %s allows connections to its own origin alone', async (path, { server }) => {
    const { host } = new URL(server.url);
    const policy = await policyOf(server, path, host);
    expect(policy.get('connect-src')).toBe(`'self' ws://${host}`);
  });

  it.for(PATHS)('of %s allows no foreign code, form, frame, plugin or base address', async (path, { server }) => {
    const policy = await policyOf(server, path, 'scrip.example');
    for (const name of ['default-src', 'object-src', 'frame-src', 'form-action', 'base-uri', 'frame-ancestors']) {
      expect({ name, sources: policy.get(name) }).toEqual({ name, sources: "'none'" });
    }
    expect(policy.get('script-src')).toBe("'self'");
  });

  it.for(['scrip.example; script-src *', 'scrip.example *', 'a,b', '*'])(
    'is not changed by the host “%s”',
    async (host, { server }) => {
      const policy = await policyOf(server, '/console', host);
      expect(policy.get('connect-src')).toBe("'self'");
      expect(policy.get('script-src')).toBe("'self'");
    },
  );

  it.for(['scrip.example', 'scrip.example:8443', '[::1]:4000', '127.0.0.1'])(
    'names the WebSocket of the host %s',
    async (host, { server }) => {
      expect((await policyOf(server, '/console', host)).get('connect-src')).toBe(`'self' ws://${host}`);
    },
  );
});

/** The directives of a page that is asked for at this host. */
async function policyOf(server: TestServer, path: string, host: string): Promise<Map<string, string>> {
  const header = await new Promise<string>((resolve, reject) => {
    const headers = { host, accept: 'text/html' };
    request(new URL(path, server.url), { headers }, (response) => {
      response.resume();
      resolve(String(response.headers['content-security-policy']));
    })
      .on('error', reject)
      .end();
  });
  return new Map(
    header.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}
