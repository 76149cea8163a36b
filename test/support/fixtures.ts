import { it as base } from 'vitest';
import { startServer } from './server.js';

/**
 * `it` for a server with settings of its own: `env` is added to its environment. The first test that names `server`
 * starts it, on a database of its own; it closes after the last test of the file.
 */
export function itWith(env: Record<string, string> = {}) {
  return base
    .extend('env', { scope: 'file' }, env)
    .extend('server', { scope: 'file' }, async ({ env }, { onCleanup }) => {
      const server = await startServer(env);
      onCleanup(() => server.close());
      return server;
    });
}

/** `it` for the server that all tests of the file share: `it('...', async ({ server }) => ...)`. */
export const it = itWith();
