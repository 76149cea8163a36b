import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { makeHome } from '../support/own-postgres.js';
import { startServer, type TestServer } from '../support/server.js';

/** A home whose embedded database a server serves. */
export interface ServedHome {
  readonly home: string;
  readonly postgres: EmbeddedPostgres;
  readonly server: TestServer;
  /** Ends the server and PostgreSQL, and removes the home. */
  close(): Promise<void>;
}

/** Serves a home; one of its own, unless one is given. Each server knows the signing key of the others. */
export async function serveHome(given?: string): Promise<ServedHome> {
  const home = given ?? (await makeHome());
  const postgres = await openEmbeddedPostgres({ home, log: () => {} });
  const server = await startServer({ DATABASE_URL: postgres.url, WEBHOOK_PRIVATE_NETWORKS: 'on' });
  return {
    home,
    postgres,
    server,
    close: async () => {
      await server.close();
      await postgres.close();
      await removeHome(home, postgres.dataDirectory);
    },
  };
}

/** Removes a home and its data, which as root may lie elsewhere. */
async function removeHome(home: string, dataDirectory: string): Promise<void> {
  await rm(dirname(dataDirectory), { recursive: true, force: true, maxRetries: 5 });
  await rm(home, { recursive: true, force: true });
}
