import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type About, END_OF_ARCHIVE, firstEntry, lastBytes, UnusableBackup } from './archive.js';
import { explainFileError } from './explain-file-error.js';

/**
 * Writes the file of a backup: completely or not at all, readable by its owner alone, and never over another file.
 *
 * @param contents a complete tar archive.
 * @returns the size in bytes.
 * @throws Error when the file exists or cannot be written; AbortError. No part of it is left then.
 */
export async function writeArchive(
  path: string,
  { about, contents, signal }: { readonly about: About; readonly contents: Readable; readonly signal: AbortSignal },
): Promise<number> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.part`;
  try {
    const size = await writeDraft(draft, about, contents, signal);
    signal.throwIfAborted();
    await giveName(draft, path);
    return size;
  } catch (error) {
    contents.destroy();
    throw explainFileError(error, `The backup cannot be written to ${path}`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Refuses before a backup is made what would be refused after it. */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw new Error(`${path} exists, and a backup replaces no file. Name another one.`);
}

async function writeDraft(path: string, about: About, contents: Readable, signal: AbortSignal): Promise<number> {
  await using file = await open(path, 'wx', 0o600);
  await file.chmod(0o600); // the umask may have taken more away
  const hash = createHash('sha256');
  const write = async (bytes: Buffer) => {
    hash.update(bytes);
    await writeAll(file, bytes);
  };
  await write(firstEntry(about));
  await pipeline(contents, (source: AsyncIterable<Buffer>) => writeWithoutEnd(source, write), { signal });
  await writeAll(file, lastBytes(hash.digest('hex')));
  await file.sync();
  return (await file.stat()).size;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}

/** Leaves the end of an archive out: another entry follows. */
async function writeWithoutEnd(source: AsyncIterable<Buffer>, write: (bytes: Buffer) => Promise<void>): Promise<void> {
  let held = Buffer.alloc(0);
  for await (const bytes of source) {
    const all = Buffer.concat([held, bytes]);
    const certain = Math.max(0, all.length - END_OF_ARCHIVE.length);
    if (certain > 0) await write(all.subarray(0, certain));
    held = all.subarray(certain);
  }
  if (!held.equals(END_OF_ARCHIVE)) throw new UnusableBackup('PostgreSQL sent an archive without an end.');
}

/** A link to an existing name fails. Where the file system has no links, the name is taken by an empty file first. */
async function giveName(draft: string, path: string): Promise<void> {
  await link(draft, path).catch(async (error: NodeJS.ErrnoException) => {
    if (!WITHOUT_LINKS.includes(error.code ?? '')) throw error;
    await (await open(path, 'wx', 0o600)).close();
    await rename(draft, path);
  });
  await using directory = await open(dirname(path));
  await directory.sync().catch(() => undefined); // Windows cannot, and need not
}

const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
