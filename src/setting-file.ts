/**
 * Reads the file of a secret setting, which `NAME_FILE` names: a secret that is mounted or rotated as a file. No message
 * holds its path, since a secret may stand there by mistake.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Secrets are short; another file that is named by mistake is noticed before it is read. */
const MAX_BYTES = 65_536;

/** The contents without one line break at their end, or why they cannot be used: words that follow the setting's name. */
export type SettingFile = { readonly value: string } | { readonly fault: string };

export function readSettingFile(path: string): SettingFile {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe is not waited for
    try {
      return readFrom(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') return { fault: 'names a file that does not exist' };
    return { fault: `names a file that cannot be read (${code})` };
  }
}

function readFrom(file: number): SettingFile {
  const status = fstatSync(file);
  if (status.isDirectory()) return { fault: 'names a directory' };
  if (!status.isFile()) return { fault: 'names what is not a regular file' };
  if (status.size > MAX_BYTES) return { fault: `names a file that is larger than ${MAX_BYTES / 1024} KiB` };
  if (process.getuid !== undefined && (status.mode & 0o002) !== 0)
    return { fault: 'names a file that every user can write to: check what is in it, then run chmod o-w' };
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) return { fault: 'names a file that is not UTF-8' };
  const value = bytes.toString().replace(/\r?\n$/, '');
  return value === '' ? { fault: 'names an empty file' } : { value };
}
