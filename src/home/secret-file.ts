/**
 * Reads files that hold secrets, and refuses those that another user could have replaced or changed. Windows has neither
 * owners nor modes in this sense: nothing is refused there.
 */
import { constants, type FileHandle, open, stat } from 'node:fs/promises';

/** A file with a secret that cannot be trusted. The message says why, what to do, and nothing of the contents. */
export class UnsafeFile extends Error {}

interface ReadOptions {
  /** A folder whose owner may own the file as well, beside root and the user of this process. */
  readonly folder: string;
  /**
   * Whether users other than the owner may be able to read the file. What Scrip writes is never readable by them. What a
   * setting names often is: Docker and Kubernetes mount secrets as root's with mode 0444 or 0440, and there the
   * container, not the mode, keeps other users out.
   */
  readonly othersMayRead: boolean;
}

/** Secrets are short; a setting that names another file by mistake is noticed before it is read. */
const MAX_BYTES = 65_536;

/**
 * Reads a file that holds a secret.
 *
 * @throws UnsafeFile when it belongs to another user, can be written to by others, can be read by others where that is not
 *   allowed, or is larger than 64 KiB; the system's error when it cannot be read.
 */
export async function readSecretFile(path: string, options: ReadOptions): Promise<Buffer> {
  // What is checked is what is read, even if the name is given to another file; and a pipe is not waited for.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  await refuseUnsafe(file, { path, ...options });
  return await file.readFile();
}

async function refuseUnsafe(
  file: FileHandle,
  { path, folder, othersMayRead }: ReadOptions & { readonly path: string },
): Promise<void> {
  const status = await file.stat();
  const { uid, mode, size } = status;
  if (!status.isFile()) throw new UnsafeFile(`${path} is not a regular file`);
  if (size > MAX_BYTES) throw new UnsafeFile(`${path} is larger than ${MAX_BYTES / 1024} KiB`);
  const self = process.getuid?.();
  if (self === undefined) return;
  const folderOwner = await stat(folder).then(
    ({ uid: owner }) => owner,
    () => undefined,
  );
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  if (![self, 0, folderOwner].includes(uid)) {
    throw new UnsafeFile(`${path} belongs to another user (uid ${uid}). Check who wrote it, then chown it`);
  }
  if ((mode & 0o022) !== 0) {
    throw new UnsafeFile(`others can write to ${path} (mode ${permissions}). Check what is in it, then run chmod go-w`);
  }
  if (!othersMayRead && (mode & 0o077) !== 0) {
    throw new UnsafeFile(`others can read ${path} (mode ${permissions}). Replace the secret, or run chmod 600`);
  }
}
