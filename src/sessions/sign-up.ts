import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { networkOf } from '../throttles/network.js';
import type { Throttles } from '../throttles/throttles.js';
import { insertUser } from '../users/create-user.js';
import type { Passwords } from '../users/password-hash.js';
import { beginSession } from './begin-session.js';
import type { SessionTokens, TokenPair } from './session-tokens.js';

/** What sessions are begun with. */
export interface Identity {
  readonly database: Database;
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

/**
 * Creates a user with the role USER, and logs them in.
 *
 * @throws RateLimited, UsernameTaken, PasswordsOverloaded. Nothing was created.
 */
export async function signUp(identity: Identity, { username, password }: Credentials): Promise<TokenPair> {
  const { actor, database, passwords, sessionTokens, throttles } = identity;
  await throttles.signUps.count(networkOf(actor.address));
  const passwordHash = await passwords.hash(password);
  await actor.recheck(); // hashing has a queue
  return await database.transaction(async (transaction) => {
    const user = await insertUser(transaction, { username, role: 'USER', passwordHash });
    await record(transaction, { ...actor, userId: user.id }, { action: 'SIGNED_UP', subjectId: user.id });
    return await beginSession(transaction, user, sessionTokens);
  });
}
