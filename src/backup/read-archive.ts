import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ReadEntry, UnpackSync } from 'tar';
import {
  type About,
  FIRST_ENTRY,
  HEADER_BYTES,
  LAST_BYTES,
  LAST_ENTRY,
  parseAbout,
  parseEnd,
  sizeOfEntry,
  UnusableBackup,
} from './archive.js';
import { explainFileError } from './explain-file-error.js';

/** A backup whose every byte is as it was written. */
export interface Archive {
  readonly about: About;
  /** Writes the files of the data folder into an empty directory. */
  extract(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** A description is at most so long. */
const MAX_ABOUT_BYTES = 1_048_576;

/**
 * Opens the file of a backup and verifies its checksum, which reads all of it.
 *
 * @throws UnusableBackup for a file that is no backup, is incomplete or was changed; AbortError.
 */
export async function openArchive(path: string, signal: AbortSignal): Promise<Archive> {
  const file = await open(path).catch((error: unknown) => {
    throw explainFileError(error, `The backup ${path} cannot be read`);
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new UnusableBackup(`${path} is not a file.`);
    const about = await readAbout(file, path);
    await verify(file, { path, size: status.size, signal });
    return { about, extract: (directory) => extract(file, directory, signal), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw explainFileError(error, `The backup ${path} cannot be read`);
  }
}

async function readAbout(file: FileHandle, path: string): Promise<About> {
  const size = sizeOfEntry(await readAt(file, 0, HEADER_BYTES), FIRST_ENTRY);
  if (size === undefined || size > MAX_ABOUT_BYTES) throw new UnusableBackup(`${path} is not a backup of Scrip.`);
  return parseAbout((await readAt(file, HEADER_BYTES, size)).toString());
}

async function verify(
  file: FileHandle,
  { path, size, signal }: { readonly path: string; readonly size: number; readonly signal: AbortSignal },
): Promise<void> {
  const start = Math.max(0, size - LAST_BYTES);
  const last = await readAt(file, start, LAST_BYTES);
  const length = sizeOfEntry(last, LAST_ENTRY);
  if (length === undefined) throw new UnusableBackup(`${path} is incomplete: its end is missing or was changed.`);
  const { sha256 } = parseEnd(last.subarray(HEADER_BYTES, HEADER_BYTES + length).toString());
  const hash = createHash('sha256');
  for await (const bytes of read(file, start, signal)) hash.update(bytes);
  if (hash.digest('hex') !== sha256)
    throw new UnusableBackup(`${path} was changed or is damaged: its checksum differs.`);
}

/** Each file is written before the next bytes are read: after an error or an abort nothing more is. */
async function extract(file: FileHandle, directory: string, signal: AbortSignal): Promise<void> {
  const unpack = new UnpackSync({ cwd: directory, strict: true, preserveOwner: false, filter: isOfData });
  let failure: unknown;
  unpack.on('error', (error: unknown) => {
    failure ??= error;
  });
  for await (const bytes of read(file, undefined, signal)) {
    unpack.write(bytes);
    if (failure !== undefined) throw explain(failure, directory);
  }
  unpack.end();
  if (failure !== undefined) throw explain(failure, directory);
}

/** An error of the disk, or else of the archive. */
function explain(error: unknown, directory: string): unknown {
  const explained = explainFileError(error, `The backup cannot be unpacked into ${directory}`);
  if (explained !== error) return explained;
  const fault = error instanceof Error ? error.message.replace(/^TAR_\w+: /, '') : 'its archive cannot be read';
  return new UnusableBackup(`The backup cannot be used: ${fault}.`, { cause: error });
}

/** @throws UnusableBackup for what a data folder of Scrip does not have. */
function isOfData(path: string, entry: unknown): boolean {
  if (path === FIRST_ENTRY || path === LAST_ENTRY) return false;
  const type = entry instanceof ReadEntry ? entry.type : undefined;
  if (type === 'File' || type === 'OldFile' || type === 'Directory') return true;
  throw new UnusableBackup(`The backup cannot be used: ${path} is neither a file nor a folder.`);
}

/** Reads the file from its beginning to an offset, or to its end. */
async function* read(file: FileHandle, end: number | undefined, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; end === undefined || position < end; ) {
    signal.throwIfAborted();
    const bytes = await readAt(file, position, Math.min(CHUNK_BYTES, (end ?? Number.POSITIVE_INFINITY) - position));
    if (bytes.length === 0) return;
    position += bytes.length;
    yield bytes;
  }
}

const CHUNK_BYTES = 1_048_576;

/** Fewer bytes than asked for where the file ends. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
