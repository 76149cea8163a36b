import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomeMode, makeHome } from '../home.js';
import { ownerOf, readAccounts } from './accounts.js';
import { runProgram, type User } from './run-program.js';

/** Where the embedded PostgreSQL of one home lives, and as whom. */
export interface Place {
  /** Holds `data`, `password` and `log`. Mode 0700, and it belongs to `user`. Absent until it is complete. */
  directory: string;
  /** Whom PostgreSQL runs as; undefined: as this process. */
  user: User | undefined;
  /** Where a copy of the binaries goes, should the package's own be of no use. */
  copies: string;
  /** What the home's mode is to be at most: PostgreSQL, run as another user, must pass through it to the data. */
  homeMode: HomeMode;
}

/**
 * Finds the place that belongs to `home`, the same on every call. The home is made if it is missing, and never opened
 * to anyone: where PostgreSQL's user cannot enter it, the data live below /var/lib instead.
 */
export async function findPlace(home: string): Promise<Place> {
  await makeHome(home);
  const path = await realpath(home);
  const inHome = join(path, 'postgresql');
  return process.getuid?.() === 0 ? findForRoot(path, inHome) : findForOrdinaryUser(path, inHome);
}

/** Whether there is a database that belongs to `home`. Nothing is made. */
export async function hasDatabase(home: string): Promise<boolean> {
  return existsSync(home) && existsSync((await findPlace(home)).directory);
}

async function findForOrdinaryUser(home: string, directory: string): Promise<Place> {
  const owner = await ownerOf(directory);
  if (owner && process.getuid && owner.uid !== process.getuid()) {
    throw new Error(
      `The database in ${directory} belongs to ${owner.name}: start as ${owner.name} or as root, or choose another SCRIP_HOME.`,
    );
  }
  return { directory, user: undefined, copies: join(home, 'binaries'), homeMode: 0o700 };
}

/**
 * Whoever owns the data keeps them; a new database belongs to the owner of the home, so that they can use it without
 * root as well.
 */
async function findForRoot(home: string, inHome: string): Promise<Place> {
  const copies = '/var/cache/scrip';
  const elsewhere = join('/var/lib/scrip', createHash('sha256').update(home).digest('hex').slice(0, 16));
  const owner = await lstat(home);
  const placeFor = (directory: string, user: User): Place => ({
    directory,
    user,
    copies,
    homeMode: directory === inHome && user.uid !== owner.uid ? 0o711 : 0o700,
  });
  for (const directory of [inHome, elsewhere]) {
    const user = await ownerOf(directory);
    if (user?.uid === 0) {
      throw new Error(`The database in ${directory} belongs to root, as whom PostgreSQL does not run: chown it.`);
    }
    if (user) return placeFor(directory, user);
  }

  const accounts = await readAccounts();
  const user = accounts.find(({ uid }) => uid !== 0 && uid === owner.uid) ?? unprivileged(accounts);
  if (await canEnter(home, user)) return placeFor(inHome, user);
  await makePublicDirectory('/var/lib/scrip');
  return placeFor(elsewhere, user);
}

/** `postgres` first: `nobody` is shared by other programs, all of which could then read the data. */
function unprivileged(accounts: User[]): User {
  return (
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 }
  );
}

/** Asks the kernel instead of reading mode bits, which know neither of access lists nor of what is mounted how. */
async function canEnter(directory: string, user: User): Promise<boolean> {
  return runProgram('/bin/sh', ['-c', 'cd -- "$0"', directory], { user }).then(
    () => true,
    () => false,
  );
}

/** Makes a directory of ours that every user may enter, whatever this process's umask is. */
export async function makePublicDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
