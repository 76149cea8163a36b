import { it as base } from 'vitest';
import { startServer, type TestServer } from './server.js';

/** The settings of a server, as environment variables. */
export type Env = Readonly<Record<string, string>>;

/** Makes what a server needs before it starts. What is passed to `after` runs once the server has closed, last first. */
type Prepare = (after: (end: () => Promise<unknown>) => void) => Promise<Env>;

/**
 * `it` for a server that the tests of a file share: `it('...', async ({ server }) => ...)`. `env` is added to the
 * server's environment. The server starts before the first test, within `hookTimeout`, on a database of its own; it
 * closes after the last test.
 */
export function itWith(env: Env | Prepare = {}) {
  const it = base
    .extend('settings', { scope: 'file' }, { env })
    .extend('server', { scope: 'file' }, async ({ settings }, { onCleanup }): Promise<TestServer> => {
      const ends: (() => Promise<unknown>)[] = [];
      onCleanup(async () => {
        for (const end of ends) await end();
      });
      const server = await startServer(await prepared(settings.env, (end) => ends.unshift(end)));
      ends.unshift(() => server.close());
      return server;
    });
  it.beforeAll(({ server: _started }) => {});
  return it;
}

/** As `itWith`, with a second node, `other`, on the same database. */
export function itOnTwoNodes(env: Env = {}) {
  const it = itWith(env).extend('other', { scope: 'file' }, async ({ server }, { onCleanup }) => {
    const other = await startServer({ ...env, DATABASE_URL: server.database.url });
    onCleanup(() => other.close());
    return other;
  });
  it.beforeAll(({ other: _started }) => {});
  return it;
}

async function prepared(env: Env | Prepare, after: Parameters<Prepare>[0]): Promise<Env> {
  return typeof env === 'function' ? await env(after) : env;
}
