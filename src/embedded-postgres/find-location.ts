import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomeMode, makeHome } from '../home/home.js';
import { ownerOf, readAccounts } from './accounts.js';
import { runProgram, type User } from './run-program.js';

/** Where the data of a home's embedded PostgreSQL are, and the user that it runs as. */
export interface Location {
  /** Holds `data`, `password` and `log`. Mode 0700, and it belongs to `user`. Absent until it is complete. */
  directory: string;
  /** The user that PostgreSQL runs as; undefined: that of this process. */
  user: User | undefined;
  /** Where a copy of the binaries is made if the installed ones do not run. */
  copies: string;
  /** The maximum mode of the home: PostgreSQL, if it runs as another user, has to pass through it to the data. */
  homeMode: HomeMode;
}

/** Where root's copies of the binaries are: every user can reach it. */
const ROOT_COPIES = '/var/cache/scrip';

/**
 * Finds the location that belongs to `home`, the same on every call. The home is created if it is missing, and its access
 * is never widened: where PostgreSQL's user cannot enter it, the data are below /var/lib instead.
 */
export async function findLocation(home: string): Promise<Location> {
  await makeHome(home);
  const path = await realpath(home);
  const inHome = join(path, 'postgresql');
  return process.getuid?.() === 0 ? findForRoot(path, inHome) : findForOrdinaryUser(path, inHome);
}

/** Whether there is a database that belongs to `home`. Creates nothing. */
export async function hasDatabase(home: string): Promise<boolean> {
  return (await findDirectory(home)) !== undefined;
}

/**
 * The directory of the database that belongs to `home`; undefined: there is none. Creates nothing.
 *
 * @throws an Error where it cannot be told, such as in a folder that may not be read.
 */
export async function findDirectory(home: string): Promise<string | undefined> {
  if (!(await exists(home))) return undefined;
  for (const directory of directoriesOf(await realpath(home))) if (await exists(directory)) return directory;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(error.code)) return false;
    throw error;
  }
}

const ABSENT = new Set<unknown>(['ENOENT', 'ENOTDIR']);

/** Where the data of a home may be. Only root puts them outside of it. */
function directoriesOf(home: string): string[] {
  const inHome = join(home, 'postgresql');
  return process.getuid?.() === 0 ? [inHome, elsewhereOf(home)] : [inHome];
}

function elsewhereOf(home: string): string {
  return join('/var/lib/scrip', createHash('sha256').update(home).digest('hex').slice(0, 16));
}

/**
 * A location in a folder of its own, for a database that no home has.
 *
 * @throws an Error for a folder that PostgreSQL's user cannot enter.
 */
export async function scratchLocation(folder: string): Promise<Location> {
  const directory = join(folder, 'postgresql');
  if (process.getuid?.() !== 0) {
    return { directory, user: undefined, copies: join(folder, 'binaries'), homeMode: 0o700 };
  }
  const user = unprivileged(await readAccounts());
  if (!(await canEnter(folder, user))) {
    throw new Error(
      `PostgreSQL runs as ${user.name} here, who cannot enter ${folder}: set TMPDIR to a folder that every user can enter.`,
    );
  }
  return { directory, user, copies: ROOT_COPIES, homeMode: 0o711 };
}

async function findForOrdinaryUser(home: string, directory: string): Promise<Location> {
  await refuseOwner(directory);
  return { directory, user: undefined, copies: join(home, 'binaries'), homeMode: 0o700 };
}

/**
 * The owner of a database; undefined: there is none.
 *
 * @throws an Error for one as whom PostgreSQL cannot run.
 */
export async function refuseOwner(directory: string): Promise<User | undefined> {
  const owner = await ownerOf(directory);
  const self = process.getuid?.();
  if (owner === undefined || self === undefined) return owner;
  if (self === 0 && owner.uid === 0) {
    throw new Error(
      `The database in ${directory} belongs to root, and PostgreSQL does not run as root. Change its owner.`,
    );
  }
  if (self !== 0 && owner.uid !== self) {
    throw new Error(
      `The database in ${directory} belongs to ${owner.name}: start as ${owner.name} or as root, or choose another SCRIP_HOME.`,
    );
  }
  return owner;
}

/**
 * Existing data keep their owner. A new database belongs to the owner of the home, who can then use it without root.
 */
async function findForRoot(home: string, inHome: string): Promise<Location> {
  const copies = ROOT_COPIES;
  const elsewhere = elsewhereOf(home);
  const owner = await lstat(home);
  const locationFor = (directory: string, user: User): Location => ({
    directory,
    user,
    copies,
    homeMode: directory === inHome && user.uid !== owner.uid ? 0o711 : 0o700,
  });
  for (const directory of [inHome, elsewhere]) {
    const user = await refuseOwner(directory);
    if (user) return locationFor(directory, user);
  }

  const accounts = await readAccounts();
  const user = accounts.find(({ uid }) => uid !== 0 && uid === owner.uid) ?? unprivileged(accounts);
  if (await canEnter(home, user)) return locationFor(inHome, user);
  await makePublicDirectory('/var/lib/scrip');
  return locationFor(elsewhere, user);
}

/** `postgres` before `nobody`, which other programs share: they could then read the data. */
function unprivileged(accounts: User[]): User {
  return (
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 }
  );
}

/** Asks the kernel, since mode bits reveal neither access lists nor mount options. */
async function canEnter(directory: string, user: User): Promise<boolean> {
  return runProgram('/bin/sh', ['-c', 'cd -- "$0"', directory], { user }).then(
    () => true,
    () => false,
  );
}

/** Makes a directory that every user may enter, whatever the umask of this process is. */
export async function makePublicDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
