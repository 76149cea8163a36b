/**
 * SCRIP_HOME: the folder of the embedded PostgreSQL and of the secrets that Scrip makes itself. Only its owner can list
 * and write it, whatever the umask is.
 */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSecretFile } from './secret-file.js';

/** A home in which other users could replace secrets. The message says what to do. */
export class UnsafeHome extends Error {}

/** Mode 0711 lets another user pass through to a folder of their own without listing or writing the home. */
export type HomeMode = 0o700 | 0o711;

/**
 * Makes a home if it is missing: with mode 0700, or 0711 by root, whose PostgreSQL runs as another user in it. Missing
 * parents get 0755 at most.
 *
 * @throws UnsafeHome when every user can write to an existing one; the system's error when it cannot be made.
 */
export async function makeHome(home: string): Promise<void> {
  const mode: HomeMode = process.getuid?.() === 0 ? 0o711 : 0o700;
  await mkdir(dirname(home), { recursive: true, mode: 0o755 });
  const made = await mkdir(home, { recursive: true, mode });
  if (made !== undefined) await chmod(home, mode); // the umask may have taken away what PostgreSQL's user needs
  await refuseUnsafeHome(home);
}

/** Makes nothing. @throws UnsafeHome when every user can write to an existing home. */
export async function refuseUnsafeHome(home: string): Promise<void> {
  const status = await stat(home).catch(unlessMissing);
  if (process.getuid !== undefined && status !== undefined && (status.mode & 0o002) !== 0) {
    throw new UnsafeHome(
      `Every user can write to ${home} (mode ${octal(status.mode)}) and replace the secrets in it. Look for files in it ` +
        'that belong to others, then run chmod go-w on it, or choose another SCRIP_HOME.',
    );
  }
}

/** The file of the signing secret that the first start generates, in a home. */
export const JWT_SECRET_FILE = 'jwt-secret';

/** What may lie in a home. Drafts have more behind their names; `lost+found` is the file system's. */
const CONTENTS = /^(postgresql|binaries|jwt-secret|first-admin-password)(\.|$)|^lost\+found$/;

/**
 * Takes from an existing home the permissions that go beyond a mode; adds none. One that belongs to another user, or holds
 * other files as well, stays as it is: it may be meant to be shared.
 *
 * @returns what was done, or why nothing was, as a sentence for the log; undefined where there was nothing to do.
 */
export async function closeHome(home: string, mode: HomeMode): Promise<string | undefined> {
  const self = process.getuid?.();
  const status = await stat(home);
  if (self === undefined || (status.mode & 0o777 & ~mode) === 0) return undefined;
  const was = `The mode of ${home} was ${octal(status.mode)}`;
  if (self !== 0 && self !== status.uid) return `${was} and is left: it belongs to another user (uid ${status.uid}).`;
  const others = (await readdir(home)).filter((name) => !CONTENTS.test(name));
  if (others.length > 0) return `${was} and is left: there are other files in it. A home of its own would be closed.`;
  const closed = status.mode & mode;
  await chmod(home, closed);
  return `${was} and is ${octal(closed)} now: other users need not see what is in it.`;
}

/** A secret in a home. */
export interface HomeSecret {
  readonly path: string;
  readonly value: string;
  /** Whether this call made it. */
  readonly isNew: boolean;
}

/** The secret that lives in a home under a name; undefined: there is none. Makes nothing. @throws UnsafeHome, UnsafeFile */
export async function findSecretInHome(home: string, name: string): Promise<HomeSecret | undefined> {
  await refuseUnsafeHome(home);
  const path = join(home, name);
  try {
    return { path, value: readInHome(path, home), isNew: false };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The secret that lives in a home under a name; missing, it is made of random bytes and written as their base64url. An
 * existing file is never replaced: of several processes that make it at once one succeeds, and all get that one's.
 *
 * @throws UnsafeHome, UnsafeFile; the system's error when it cannot be read or written.
 */
export async function secretInHome(
  home: string,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Promise<HomeSecret> {
  await makeHome(home);
  const existing = await findSecretInHome(home, name);
  if (existing !== undefined) return existing;
  const path = join(home, name);
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    await writeSecret(draft, { text: randomBytes(bytes).toString('base64url'), home });
    // A link to an existing name fails, so that no secret ever replaces another; and it is there whole or not at all.
    const isNew = await link(draft, path).then(() => true, unlessThere);
    return { path, value: readInHome(path, home), isNew };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Readable by its owner alone. Root gives it to the home's owner, who can then start without root as well. */
async function writeSecret(path: string, { text, home }: { text: string; home: string }): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
  const { uid, gid } = await stat(home);
  if (process.getuid?.() === 0) await file.chown(uid, gid);
}

function readInHome(path: string, home: string): string {
  return readSecretFile(path, { folder: home, othersMayRead: false }).toString('utf8');
}

function unlessThere(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EEXIST') throw error;
  return false;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
