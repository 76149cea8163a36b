import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { BadUserInput } from '../errors.js';
import { parseText } from '../input.js';
import { sources } from '../root.js';

/** The most common passwords that are long enough, in lower case: NIST SP 800-63B-4, section 3.1.1.2. */
const COMMON_PASSWORDS = new Set(
  readFileSync(new URL('users/common-passwords.txt', sources), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#')),
);

/**
 * Reads a password from a file or from standard input, without one line break at the end, which editors and `echo` write.
 *
 * @throws BadUserInput where it is not UTF-8.
 */
export function decodePassword(contents: Buffer): string {
  if (!isUtf8(contents)) throw new BadUserInput('password', 'The password is not UTF-8.');
  return contents.toString('utf8').replace(/\r?\n$/, '');
}

/**
 * Checks a new password. It is used exactly as given: nothing is trimmed, truncated or normalised, so that the same
 * letters in another composition of Unicode are another password.
 *
 * @throws BadUserInput naming the field, for fewer than 8 or more than 256 characters, for NUL, for one of the most common
 *   passwords and for the user's own name, both case-insensitive.
 */
export function parsePassword(field: string, password: string, { username }: { username: string }): string {
  parseText(field, password, { min: 8, max: 256 });
  const plain = password.toLowerCase();
  if (COMMON_PASSWORDS.has(plain)) throw new BadUserInput(field, 'This password is too common. Choose another.');
  if (plain === username.toLowerCase()) throw new BadUserInput(field, 'A password cannot be the username.');
  return password;
}
