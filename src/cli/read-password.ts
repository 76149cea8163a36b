import { buffer } from 'node:stream/consumers';
import { decodeValue } from '../input.js';

/**
 * Reads a password from standard input.
 *
 * @throws BadUserInput where it is not UTF-8.
 */
export async function readPassword(): Promise<string> {
  return decodeValue('password', await buffer(process.stdin));
}
