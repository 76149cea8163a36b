import { and, eq, isNull, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { inTurn } from '../database/turns.js';
import { UserNotFound } from '../users/errors.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';
import { SessionNotFound } from './errors.js';
import { type Session, sessionColumns } from './session.js';
import { sessions } from './table.js';

/**
 * Ends a session: every node refuses its tokens from the next request on. Ending it twice is no error, and the first
 * `endedAt` stays.
 *
 * @param ref.userId whose session alone it may be; undefined: anybody's.
 * @throws SessionNotFound
 */
export async function endSession(
  database: Database,
  { id, userId }: { id: string; userId: string | undefined },
  actor: Actor,
): Promise<Session> {
  const isNamed = and(eq(sessions.id, id), userId === undefined ? undefined : eq(sessions.userId, userId));
  await inTurn(database, { key: id, recheck: actor.recheck }, async (transaction) => {
    const [ended] = await transaction
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(isNamed, isNull(sessions.endedAt)))
      .returning({ subjectId: sessions.userId });
    if (ended !== undefined)
      await record(transaction, actor, { action: 'LOGGED_OUT', ...ended, detail: `session ${id}` });
  });
  const [session] = await database.select(sessionColumns).from(sessions).where(isNamed);
  if (session === undefined) throw new SessionNotFound();
  return session;
}

/**
 * Ends all sessions of a user.
 *
 * @returns the user, and how many sessions were ended by this.
 * @throws UserNotFound
 */
export async function endSessions(
  database: Database,
  userId: string,
  actor: Actor,
): Promise<{ user: User; count: number }> {
  return await inTurn(database, { key: userId, recheck: actor.recheck }, async (transaction) => {
    // The user before their sessions, as in every transaction that locks both.
    const isNamed = isUser({ id: userId });
    const [user] = await transaction.select(userColumns).from(users).where(isNamed).for('no key update');
    if (user === undefined) throw new UserNotFound();
    const { length: count } = await endSessionsOf(transaction, user.id);
    const detail = `sessions: ${count}`;
    if (count > 0) await record(transaction, actor, { action: 'LOGGED_OUT', subjectId: user.id, detail });
    return { user, count };
  });
}

/** Ends all sessions of a user, and answers the ids of those that this ended. */
export async function endSessionsOf(database: Database, userId: string): Promise<string[]> {
  const ended = await database
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}
