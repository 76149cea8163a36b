import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

/** Makes a directory that every user may enter: as root, PostgreSQL runs as another user. Its name has the process. */
export async function makeHome(folder = tmpdir()): Promise<string> {
  const home = await mkdtemp(join(folder, `scrip-test-${process.pid}-`));
  await chmod(home, 0o755);
  return home;
}

/** Removes what runs that were killed have left in a folder. A PostgreSQL whose data are gone stops within a minute. */
export async function removeAbandonedHomes(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^scrip-test-(\d+)-/.exec(name)?.[1]);
    if (!(pid > 0) || isRunning(pid)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {}); // it may be another user's
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it belongs to another user
  }
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
