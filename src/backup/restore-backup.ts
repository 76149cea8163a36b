import { existsSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { findLocation, hasDatabase } from '../embedded-postgres/find-location.js';
import { createPasswords } from '../users/password-hash.js';
import type { About } from './archive.js';
import { type OpenOptions, openBackup } from './open-backup.js';
import { type Seal, type SealOptions, seal } from './seal.js';

export interface RestoreOptions extends Omit<OpenOptions, 'location'> {
  /** SCRIP_HOME, which must be empty or missing. */
  readonly home: string;
  readonly seal: SealOptions;
}

/** What was restored. */
export interface Restored {
  readonly about: About;
  readonly sealed: Seal;
}

/**
 * Puts the database of a backup into an empty home, migrated and sealed. It gets its place only then, so that no server starts
 * what was interrupted.
 *
 * @throws Error when the home is not empty; UnusableBackup; UnusableDatabase and BadUserInput as {@link seal}; AbortError. The
 *   home is as before then.
 */
export async function restoreBackup({ home, seal: sealOptions, ...options }: RestoreOptions): Promise<Restored> {
  await refuseNonEmpty(home);
  const isMissing = !existsSync(home);
  try {
    return await restoreInto(home, sealOptions, options);
  } catch (error) {
    if (isMissing) await rmdir(home).catch(() => {}); // kept where binaries were copied into it
    throw error;
  }
}

async function restoreInto(
  home: string,
  sealOptions: SealOptions,
  options: Omit<OpenOptions, 'location'>,
): Promise<Restored> {
  const location = await findLocation(home);
  const { about, cluster, url, disconnect } = await openBackup({ ...options, location });
  try {
    await disconnect();
    const sealed = await seal(url, createPasswords(), sealOptions);
    options.signal.throwIfAborted();
    await cluster.keep();
    return { about, sealed };
  } finally {
    await cluster.discard();
  }
}

/** What may lie in an empty home: what the file system puts there, and what a restore left that was killed. */
const REMNANTS = /^(lost\+found|binaries|postgresql\.\d+\.\w+)$/;

/** Checked before the backup is read, so that it is said at once. */
export async function refuseNonEmpty(home: string): Promise<void> {
  const names = await readdir(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const others = names.filter((name) => !REMNANTS.test(name));
  if (others.length === 0 && !(await hasDatabase(home))) return;
  const found = others.length === 0 ? 'it has a database' : `it holds ${others.slice(0, 3).join(', ')}`;
  throw new Error(`${home} is not empty: ${found}. A restore replaces nothing; choose another SCRIP_HOME.`);
}
