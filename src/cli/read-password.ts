import { buffer } from 'node:stream/consumers';
import { decodePassword } from '../users/password.js';

/**
 * Reads a password from standard input.
 *
 * @throws BadUserInput where it is not UTF-8.
 */
export async function readPassword(): Promise<string> {
  return decodePassword(await buffer(process.stdin));
}
