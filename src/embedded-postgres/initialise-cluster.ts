import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lchown, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './find-binaries.js';
import type { Location } from './find-location.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { runProgram, type User } from './run-program.js';

/** The only role of an embedded cluster, and the name of the database that Scrip uses in it. */
export const SCRIP = 'scrip';

/**
 * Makes an empty cluster with a password of its own at `location.directory`.
 *
 * It is prepared beside its path, including the password, and renamed, so that it exists completely or not at all. Of
 * several concurrent processes one succeeds and the others use its cluster.
 */
export async function initialiseCluster(
  { directory, user }: Location,
  options: { binaries: Binaries; signal: AbortSignal },
): Promise<void> {
  await removeAbandonedDrafts(directory);
  const draft = await mkdtemp(`${directory}.${process.pid}.`);
  try {
    const password = join(draft, 'password');
    await writePassword(password, user);
    if (user) await lchown(draft, user.uid, user.gid);
    const initdb = join(options.binaries.directory, 'bin', 'initdb');
    const fileOptions = [`--pgdata=${join(draft, 'data')}`, `--pwfile=${password}`, '--no-instructions'];
    await runProgram(initdb, [...fileOptions, ...CLUSTER], { user, signal: options.signal });
    await rename(draft, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
    await flushDirectory(dirname(directory));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** PostgreSQL's builtin C.UTF-8 sorts and folds identically on every machine; slim containers may lack the system's. */
const CLUSTER = [
  `--username=${SCRIP}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
];

/** Removes the drafts of killed processes: the name of a draft contains the id of its process. */
export async function removeAbandonedDrafts(directory: string): Promise<void> {
  for (const name of await readdir(dirname(directory))) {
    const [, pid] = name.startsWith(`${basename(directory)}.`) ? (/\.(\d+)\.\w+$/.exec(name) ?? []) : [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const draft = { directory: join(dirname(directory), name) };
    const postmaster = await findPostmaster(draft); // of a restore that was killed
    if (postmaster?.isAlive) await stopPostmaster(draft, postmaster);
    // An initdb that outlived its parent may still write there; it then fails and cleans up by itself.
    await rm(draft.directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Writes a new password, and returns it. */
export async function writePassword(path: string, user: User | undefined): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(password);
  if (user) await file.chown(user.uid, user.gid);
  await file.sync();
  return password;
}

/** initdb flushes its files, but the rename follows it: it must survive a power failure. */
export async function flushDirectory(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync().catch(() => undefined); // Windows cannot, and need not
}
