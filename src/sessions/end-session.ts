import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { UserNotFound } from '../users/errors.js';
import { type Permission, requireLiveCredential } from '../users/live-credential.js';
import { lockInOrder, lockUsers } from '../users/lock-user.js';
import { users } from '../users/table.js';
import type { User } from '../users/user.js';
import { SessionNotFound } from './errors.js';
import { type Session, sessionColumns } from './session.js';
import { sessions } from './table.js';

const REVOKE_ALL: Permission = { coordinate: 'Mutation.revokeSessions', scopes: ['tokens:revoke'] };

/**
 * Ends a session: every node refuses its tokens from the next request on. Ending it twice is no error, and the first
 * `endedAt` stays.
 *
 * @param ref.userId whose session alone it may be; undefined: anybody's.
 * @param permission undefined: a session that ends itself, for which it needs no scope.
 * @throws SessionNotFound; CredentialEnded, ScopesMissing where there is a session to end. Nothing was changed.
 */
export async function endSession(
  database: PooledDatabase,
  { id, userId }: { id: string; userId: string | undefined },
  actor: Actor,
  permission?: Permission,
): Promise<Session> {
  const isNamed = and(eq(sessions.id, id), userId === undefined ? undefined : eq(sessions.userId, userId));
  await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    if (permission !== undefined) await lockUsers(transaction, [], actor);
    const own = actor.credential.kind === 'USER' ? [actor.credential.sessionId] : [];
    const locked = await transaction
      .select({ id: sessions.id, subjectId: sessions.userId, endedAt: sessions.endedAt })
      .from(sessions)
      .where(or(isNamed, inArray(sessions.id, own)))
      .orderBy(asc(sessions.id))
      .for('no key update');
    const named = locked.find((session) => session.id === id && (userId ?? session.subjectId) === session.subjectId);
    if (named === undefined || named.endedAt !== null) return; // nothing to change, also for a session that has ended
    await requireLiveCredential(transaction, actor, permission);
    await transaction.update(sessions).set({ endedAt: sql`now()` }).where(eq(sessions.id, id));
    const { subjectId } = named;
    await record(transaction, actor, { action: 'LOGGED_OUT', subjectId, detail: `session ${id}` });
  });
  const [session] = await database.select(sessionColumns).from(sessions).where(isNamed);
  if (session === undefined) throw new SessionNotFound();
  return session;
}

/**
 * Ends all sessions of a user.
 *
 * @returns the user, and how many sessions were ended by this.
 * @throws UserNotFound; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function endSessions(
  database: PooledDatabase,
  userId: string,
  actor: Actor,
): Promise<{ user: User; count: number }> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    // The user before their sessions, as in every transaction that locks both.
    const isOwn = actor.userId === userId;
    const locked = await lockInOrder(transaction, eq(users.id, userId), { actorId: actor.userId, isOwn });
    await requireLiveCredential(transaction, actor, REVOKE_ALL);
    const user = locked.find(({ id }) => id === userId);
    if (user === undefined || user.deletedAt !== null) throw new UserNotFound();
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
