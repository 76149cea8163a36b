import { record } from '../audit/record.js';
import { beginSession } from '../sessions/begin-session.js';
import type { Credentials, LogInContext } from '../sessions/log-in-context.js';
import type { TokenPair } from '../sessions/session-tokens.js';
import { insertUser } from './insert-user.js';

/** The services of a sign-up, and its actor. */
interface SignUpContext extends LogInContext {
  /** USERNAME_REST_DAYS; 0: a freed name can be taken at once. */
  readonly usernameRestDays: number;
}

/**
 * Creates a user with the role USER, and logs them in.
 *
 * @throws RateLimited, UsernameTaken, PasswordsOverloaded. Nothing was created.
 */
export async function signUp(context: SignUpContext, { username, password }: Credentials): Promise<TokenPair> {
  const { actor, database, passwords, sessionTokens, throttles, usernameRestDays: restDays } = context;
  await throttles.signUps.count(actor.network);
  const passwordHash = await passwords.hash(password);
  await actor.recheck(); // the request may have timed out while the hash waited
  return await database.transaction(async (transaction) => {
    const rules = { restDays, tellsWhen: false };
    const user = await insertUser(transaction, { username, role: 'USER', passwordHash }, rules);
    await record(transaction, { ...actor, userId: user.id }, { action: 'SIGNED_UP', subjectId: user.id });
    return await beginSession(transaction, user, sessionTokens);
  });
}
