import { isUtf8 } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import { BadUserInput } from '../errors.js';

/**
 * All of standard input, without the one line break that `echo` and editors put behind it.
 *
 * @throws BadUserInput where it is not UTF-8.
 */
export async function readPassword(): Promise<string> {
  const bytes = await buffer(process.stdin);
  if (!isUtf8(bytes)) throw new BadUserInput('password', 'The password on standard input is not UTF-8.');
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}
