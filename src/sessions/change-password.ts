import { and, eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import { CredentialEnded } from '../auth/errors.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import { beginSession } from './begin-session.js';
import { endSessionsOf } from './end-session.js';
import { InvalidCredentials, isInvalidCredentials } from './errors.js';
import type { LogInContext } from './log-in-context.js';
import type { TokenPair } from './session-tokens.js';

/** A change of password that a session asks for. The new one has passed `parsePassword`. */
export interface PasswordChange {
  readonly userId: string;
  readonly username: string;
  readonly sessionId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Changes a user's password. All their sessions end, this one too, and a new one begins; app tokens stay.
 *
 * @throws InvalidCredentials when the current password is another; CredentialEnded when the session has ended meanwhile.
 * @throws RateLimited, PasswordsOverloaded. Nothing was changed.
 */
export async function changePassword(context: LogInContext, change: PasswordChange): Promise<TokenPair> {
  const who = { username: change.username, actor: context.actor, sessionId: change.sessionId };
  // An open session allows no more guesses at the password than `logIn` does where the account is familiar.
  return await context.throttles.logIn(who, () => tryChange(context, change), isInvalidCredentials);
}

async function tryChange(context: LogInContext, change: PasswordChange): Promise<TokenPair> {
  const { actor, database, passwords, sessionTokens } = context;
  const isCaller = isUser({ id: change.userId });
  const [user] = await database.select({ passwordHash: users.passwordHash }).from(users).where(isCaller);
  const compared = user?.passwordHash ?? null;
  const comparison = await passwords.verify(change.currentPassword, compared);
  if (compared === null || comparison === 'WRONG') {
    await record(database, actor, { action: 'LOGIN_FAILED', subjectId: change.userId, detail: 'change of password' });
    throw new InvalidCredentials();
  }
  const passwordHash = await passwords.hash(change.newPassword);
  await actor.recheck(); // the session may have ended while the hash waited

  return await database.keyedTransactions.run({ key: change.userId, recheck: actor.recheck }, async (transaction) => {
    const [changed] = await transaction
      .update(users)
      .set({ passwordHash })
      .where(and(isCaller, eq(users.passwordHash, compared)))
      .returning({ id: users.id, role: users.role });
    if (changed === undefined) throw new InvalidCredentials();
    const ended = await endSessionsOf(transaction, change.userId);
    if (!ended.includes(change.sessionId)) throw new CredentialEnded('TOKEN_REVOKED');
    await record(transaction, actor, { action: 'PASSWORD_CHANGED', subjectId: change.userId });
    return await beginSession(transaction, changed, sessionTokens);
  });
}
