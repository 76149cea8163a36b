import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Throttles } from '../throttles/throttles.js';
import type { Passwords } from '../users/password-hash.js';
import type { SessionTokens } from './session-tokens.js';

/** The services of a log-in, and its actor. */
export interface LogInContext {
  readonly database: PooledDatabase;
  readonly passwords: Passwords;
  readonly sessionTokens: SessionTokens;
  readonly throttles: Throttles;
  readonly actor: Actor;
}

/** A name and a password of valid form. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}
