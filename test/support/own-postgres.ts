import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

/** Makes a directory that every user may enter: as root, PostgreSQL runs as another user. */
export async function makeHome(folder = tmpdir()): Promise<string> {
  const home = await mkdtemp(join(folder, 'scrip-test-'));
  await chmod(home, 0o755);
  return home;
}

/** Starts a PostgreSQL server of the caller's own. `close` stops it and removes its data. */
export async function startOwnPostgres(): Promise<EmbeddedPostgres> {
  const home = await makeHome();
  const postgres = await openEmbeddedPostgres({ home, log: () => {} });
  const close = async () => {
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  };
  return { ...postgres, close };
}
