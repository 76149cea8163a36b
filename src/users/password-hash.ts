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
   * Compares a password with a stored hash. Without a hash, or with an unusable one, it takes as long as with an argon2id
   * hash. A bcrypt hash takes bcrypt's time, which reveals imported users who have not logged in since. Hiding that would
   * make every failure as slow, and usernames are no secret to users anyway.
   */
  verify(password: string, stored: string | null): Promise<Comparison>;
}

/** RIGHT_BUT_OUTDATED: the password is right, and its hash has outdated parameters and should be replaced now. */
export type Comparison = 'RIGHT' | 'RIGHT_BUT_OUTDATED' | 'WRONG';

/** OWASP's minimum for argon2id: 19 MiB of memory, two iterations, one degree of parallelism. */
const CURRENT = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The maximum cost of a stored hash: the usual settings of other programs pass, a planted one cannot block the process. */
const MAX_COST = { memoryCost: 65_536, timeCost: 4, parallelism: 4 };

/** Hashes of imported users. The cost is at most 14, which takes 1.5 s. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

/** The maximum number of passwords that wait: two seconds' worth at 30 ms each on one core. */
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
  if (argon2id !== undefined && !exceeds(argon2id, MAX_COST)) {
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

function exceeds(cost: Cost, max: Cost): boolean {
  return cost.memoryCost > max.memoryCost || cost.timeCost > max.timeCost || cost.parallelism > max.parallelism;
}
