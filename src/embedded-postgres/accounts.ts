import { lstat, readFile } from 'node:fs/promises';
import type { User } from './run-program.js';

/** The owner of a file or folder; undefined: it does not exist. A user without an account is named `user 1234`. */
export async function ownerOf(path: string): Promise<User | undefined> {
  const status = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!status) return undefined;
  const name = (await readAccounts()).find(({ uid }) => uid === status.uid)?.name ?? `user ${status.uid}`;
  return { name, uid: status.uid, gid: status.gid };
}

/** The accounts of this machine. */
export async function readAccounts(): Promise<User[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
