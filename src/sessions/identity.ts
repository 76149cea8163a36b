import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Throttles } from '../throttles/throttles.js';
import type { Passwords } from '../users/password-hash.js';
import type { SessionTokens } from './session-tokens.js';

/** What sessions are begun with. */
export interface Identity {
  readonly database: PooledDatabase;
  readonly passwords: Passwords;
  readonly sessionTokens: SessionTokens;
  readonly throttles: Throttles;
  /** Who asks, and from where. */
  readonly actor: Actor;
}

/** A name and a password, checked for what their types cannot state. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}
