import { hash } from '@node-rs/argon2';
import { BadUserInput } from '../errors.js';
import { parseText } from '../input.js';

/** Hashes passwords. */
export interface Passwords {
  /**
   * A PHC string of argon2id.
   *
   * @throws BadUserInput naming the field, for a password that is too short, too long or too common.
   */
  hash(field: string, password: string): Promise<string>;
}

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function createPasswords(): Passwords {
  return {
    hash: async (field, password) => await hash(checked(field, password), ARGON2ID),
  };
}

function checked(field: string, password: string): string {
  if (password.includes('\0')) throw new BadUserInput(field, 'A password cannot hold NUL.');
  return parseText(field, password, { least: 8, most: 256 });
}
