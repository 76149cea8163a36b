import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { createLimiter } from '../concurrency/limiter.js';
import { PasswordsOverloaded } from './errors.js';

/** Hashes passwords and compares them. Each method throws PasswordsOverloaded when too many ask at once. */
export interface Passwords {
  /** A PHC string of argon2id. */
  hash(password: string): Promise<string>;
  /**
   * Compares a password with a stored hash. Without one, or with one that cannot be worked with, it takes as long as
   * with one of argon2id. With one of bcrypt it takes bcrypt's time, so that who was imported and has not logged in since
   * can be told by it: to hide that, every failure would have to take as long, and names are no secret to users anyway.
   */
  verify(password: string, stored: string | null): Promise<Comparison>;
}

/** RIGHT_BUT_OUTDATED: by a hash that is not made any more, and is to be replaced while the password is at hand. */
export type Comparison = 'RIGHT' | 'RIGHT_BUT_OUTDATED' | 'WRONG';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const CURRENT = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What a stored hash may cost: the usual settings of other programs pass, a planted one does not stop the process. */
const MOST = { memoryCost: 65_536, timeCost: 4, parallelism: 4 };

/** Of users who were imported. The cost, a power of two, ends at 14: a second and a half. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

/** Passwords that wait: at some 30 ms each on one core, two seconds' worth. */
const MAX_QUEUE = 64;

export function createPasswords(): Passwords {
  const limited = createLimiter({
    max: availableParallelism(), // each takes 19 MiB and a core
    maxQueue: MAX_QUEUE,
    onFull: () => new PasswordsOverloaded(),
  });
  const decoy = hash(randomBytes(16), CURRENT);
  return {
    hash: (password) => limited(() => hash(password, CURRENT)),
    verify: (password, stored) => limited(async () => await compare(password, stored ?? (await decoy), await decoy)),
  };
}

async function compare(password: string, stored: string, decoy: string): Promise<Comparison> {
  const argon2id = readArgon2id(stored);
  if (argon2id !== undefined && !exceeds(argon2id, MOST)) {
    if (!(await verify(stored, password))) return 'WRONG';
    return exceeds(CURRENT, argon2id) ? 'RIGHT_BUT_OUTDATED' : 'RIGHT';
  }
  if (BCRYPT.test(stored)) return (await verifyBcrypt(password, stored)) ? 'RIGHT_BUT_OUTDATED' : 'WRONG';
  await verify(decoy, password);
  return 'WRONG';
}

type Cost = typeof CURRENT;

function readArgon2id(stored: string): Cost | undefined {
  if (!stored.startsWith('$argon2id$')) return undefined;
  try {
    return parseOptions(stored);
  } catch {
    return undefined;
  }
}

function exceeds(cost: Cost, most: Cost): boolean {
  return cost.memoryCost > most.memoryCost || cost.timeCost > most.timeCost || cost.parallelism > most.parallelism;
}
