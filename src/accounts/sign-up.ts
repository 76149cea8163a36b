import { record } from '../audit/record.js';
import { beginSession } from '../sessions/begin-session.js';
import type { Credentials, LogInContext } from '../sessions/log-in-context.js';
import type { TokenPair } from '../sessions/session-tokens.js';
import { insertUser } from './create-user.js';

/**
 * Creates a user with the role USER, and logs them in.
 *
 * @throws RateLimited, UsernameTaken, PasswordsOverloaded. Nothing was created.
 */
export async function signUp(context: LogInContext, { username, password }: Credentials): Promise<TokenPair> {
  const { actor, database, passwords, sessionTokens, throttles } = context;
  await throttles.signUps.count(actor.network);
  const passwordHash = await passwords.hash(password);
  await actor.recheck(); // the request may have timed out while the hash waited
  return await database.transaction(async (transaction) => {
    const user = await insertUser(transaction, { username, role: 'USER', passwordHash });
    await record(transaction, { ...actor, userId: user.id }, { action: 'SIGNED_UP', subjectId: user.id });
    return await beginSession(transaction, user, sessionTokens);
  });
}
