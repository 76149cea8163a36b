import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { endSessionsOf } from '../sessions/end-session.js';
import { UserNotFound } from '../users/errors.js';
import { parsePassword } from '../users/password.js';
import type { Passwords } from '../users/password-hash.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import type { User } from '../users/user.js';
import { lockAccount } from './lock-account.js';

/** A password that is set for a user, by an administrator or on the command line. `field` names its input, for messages. */
export interface NewPassword {
  readonly userId: string;
  readonly password: string;
  readonly field: string;
}

/**
 * Sets a user's password without the current one. All their sessions end; app tokens stay.
 *
 * @throws UserNotFound; BadUserInput for a password that `parsePassword` refuses; PasswordsOverloaded; CredentialEnded;
 *   ScopesMissing, also for an ADMIN and a caller without every scope. Nothing was changed.
 */
export async function setPassword(
  { database, passwords }: { readonly database: PooledDatabase; readonly passwords: Passwords },
  { userId, password, field }: NewPassword,
  actor: Actor,
): Promise<User> {
  const [named] = await database
    .select({ username: users.username })
    .from(users)
    .where(isUser({ id: userId }));
  if (named === undefined) throw new UserNotFound();
  const passwordHash = await passwords.hash(parsePassword(field, password, named));
  await actor.recheck(); // the credential may have ended while the hash waited

  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    const { user } = await lockAccount(transaction, userId, { actor, coordinate: 'Mutation.setPassword' });
    await transaction.update(users).set({ passwordHash }).where(eq(users.id, userId));
    await endSessionsOf(transaction, userId);
    await record(transaction, actor, { action: 'PASSWORD_CHANGED', subjectId: userId });
    return user;
  });
}
