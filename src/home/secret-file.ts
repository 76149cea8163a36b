/**
 * Reads files that hold secrets, and refuses those that another user could have replaced or changed. Windows has neither
 * owners nor modes in this sense: nothing is refused there. No message holds a path, since a secret may stand in a setting
 * that should name its file.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

/** A file with a secret that cannot be trusted. The message says why and what to do, of "the file", and has no full stop. */
export class UnsafeFile extends Error {}

export interface SecretFileOptions {
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
 *   allowed, or is larger than 64 KiB; the system's error, whose message has the path, when it cannot be read.
 */
export function readSecretFile(path: string, options: SecretFileOptions): Buffer {
  // What is checked is what is read, even if the name is given to another file; and a pipe is not waited for.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseUnsafe(file, options);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why a file could not be read or trusted, as words without the path and without a full stop, such as "the file does not exist". */
export function describeFileFault(error: unknown): string {
  if (error instanceof UnsafeFile) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return BY_CODE[code] ?? `the file cannot be read (${code})`;
}

const BY_CODE: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  ENOTDIR: 'the file does not exist',
  EISDIR: 'the file is a directory',
  EACCES: 'the file cannot be read: permission denied',
  ENAMETOOLONG: 'the name of the file is too long: set the path of a file, not its contents',
};

function refuseUnsafe(file: number, { folder, othersMayRead }: SecretFileOptions): void {
  const status = fstatSync(file);
  const { uid, mode, size } = status;
  if (status.isDirectory()) throw new UnsafeFile('the file is a directory');
  if (!status.isFile()) throw new UnsafeFile('the file is not a regular file');
  if (size > MAX_BYTES) throw new UnsafeFile(`the file is larger than ${MAX_BYTES / 1024} KiB`);
  const self = process.getuid?.();
  if (self === undefined) return;
  if (![self, 0, ownerOf(folder)].includes(uid)) {
    throw new UnsafeFile(`the file belongs to another user (uid ${uid}): check who wrote it, then chown it`);
  }
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  if ((mode & 0o022) !== 0) {
    throw new UnsafeFile(
      `others can write to the file (mode ${permissions}): check what is in it, then run chmod go-w`,
    );
  }
  if (!othersMayRead && (mode & 0o077) !== 0) {
    throw new UnsafeFile(`others can read the file (mode ${permissions}): replace the secret, or run chmod 600`);
  }
}

function ownerOf(folder: string): number | undefined {
  try {
    return statSync(folder).uid;
  } catch {
    return undefined;
  }
}
