/**
 * Reads the file of a secret setting, which `NAME_FILE` names: a secret that is mounted or rotated as a file. No message
 * holds its path, since a secret may stand there by mistake.
 */
import { isUtf8 } from 'node:buffer';
import { describeFileFault, readSecretFile } from './home/secret-file.js';

/** The contents without one line break at their end, or why they cannot be used: words that follow the setting's name. */
export type SettingFile = { readonly value: string } | { readonly fault: string };

/** @param home whose owner may own the file as well, beside root and the user of this process. */
export function readSettingFile(path: string, home: string): SettingFile {
  try {
    const bytes = readSecretFile(path, { folder: home, othersMayRead: true });
    if (!isUtf8(bytes)) return unusable('the file is not UTF-8');
    const value = bytes.toString().replace(/\r?\n$/, '');
    return value === '' ? unusable('the file is empty') : { value };
  } catch (error) {
    return unusable(describeFileFault(error));
  }
}

function unusable(reason: string): SettingFile {
  return { fault: `cannot be used: ${reason}` };
}
