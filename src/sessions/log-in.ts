import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import { beginSession } from './begin-session.js';
import { InvalidCredentials, isInvalidCredentials } from './errors.js';
import type { Credentials, LogInContext } from './log-in-context.js';
import type { TokenPair } from './session-tokens.js';

/**
 * Begins a session of the user who has this name and password. An outdated hash is replaced.
 *
 * @throws InvalidCredentials, after the same time whether there is no such user, they have no password, or it is another.
 * @throws RateLimited, PasswordsOverloaded. Nothing was begun.
 */
export async function logIn(context: LogInContext, credentials: Credentials): Promise<TokenPair> {
  const who = { username: credentials.username, actor: context.actor, sessionId: null };
  return await context.throttles.logIn(who, () => tryPassword(context, credentials), isInvalidCredentials);
}

async function tryPassword(context: LogInContext, credentials: Credentials): Promise<TokenPair> {
  const { actor, database, passwords, sessionTokens } = context;
  const [user] = await database
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(isUser({ username: credentials.username }));
  const comparison = await passwords.verify(credentials.password, user?.passwordHash ?? null);
  if (user === undefined || comparison === 'WRONG') {
    await record(database, actor, { action: 'LOGIN_FAILED', subjectId: user?.id ?? null });
    throw new InvalidCredentials();
  }
  const newHash = comparison === 'RIGHT_BUT_OUTDATED' ? await passwords.hash(credentials.password) : undefined;

  await actor.recheck(); // the request may have timed out while the hash waited

  const pair = await database.keyedTransactions.run({ key: user.id, recheck: actor.recheck }, async (transaction) => {
    const [locked] = await transaction
      .select({ id: users.id, role: users.role, passwordHash: users.passwordHash })
      .from(users)
      .where(isUser({ id: user.id }))
      .for(newHash === undefined ? 'share' : 'no key update');
    if (locked === undefined) throw new InvalidCredentials();
    if (locked.passwordHash !== user.passwordHash) return undefined;
    if (newHash !== undefined) {
      await transaction.update(users).set({ passwordHash: newHash }).where(eq(users.id, user.id));
    }
    await record(transaction, { ...actor, userId: user.id }, { action: 'LOGGED_IN', subjectId: user.id });
    return await beginSession(transaction, locked, sessionTokens);
  });
  // The hash was replaced since it was compared: by a change of the password, or by another first log-in.
  return pair ?? (await tryPassword(context, credentials));
}
