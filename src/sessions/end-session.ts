import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Coordinate } from '../auth/permissions.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { lockInOrder } from '../database/lock-in-order.js';
import { UserNotFound } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import type { User } from '../users/user.js';
import { SessionNotFound } from './errors.js';
import { type Session, sessionColumns } from './session.js';
import { sessions } from './table.js';

/** Names a session; with `userId`, only if it is that user's. */
export interface SessionRef {
  readonly id: string;
  readonly userId: string | undefined;
}

/**
 * Ends a session: every node rejects its tokens from the next request on. Ending it twice is no error; the first `endedAt`
 * stays.
 *
 * @param coordinate the field that ends it.
 * @throws SessionNotFound; CredentialEnded, ScopesMissing where there is a session to end. Nothing was changed.
 */
export async function endSession(
  database: PooledDatabase,
  ref: SessionRef,
  actor: Actor,
  coordinate: Coordinate,
): Promise<Session> {
  const { id, userId } = ref;
  const isNamed = and(eq(sessions.id, id), userId === undefined ? undefined : eq(sessions.userId, userId));
  const session = await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const [named] = await transaction.select({ ownerId: sessions.userId }).from(sessions).where(isNamed);
    if (named === undefined) return undefined;
    const { ownerId } = named;
    await lockUsers(transaction, actor, { kept: [ownerId] });
    const locked = await lockSessions(transaction, id, actor);
    // Otherwise it has ended, or was purged.
    if (locked.find((session) => session.id === id)?.endedAt === null) {
      await requireLiveCredential(transaction, { actor, coordinate, ownerId });
      await transaction.update(sessions).set({ endedAt: sql`now()` }).where(eq(sessions.id, id));
      await record(transaction, actor, { action: 'LOGGED_OUT', subjectId: ownerId, detail: `session ${id}` });
    }
    const [ended] = await transaction.select(sessionColumns).from(sessions).where(isNamed);
    return ended;
  });
  if (session === undefined) throw new SessionNotFound();
  return session;
}

/** Locks a session that is to be ended, and the caller's own, which other changes may share. */
async function lockSessions(transaction: Database, id: string, { credential }: Actor) {
  const kept = credential.kind === 'USER' ? [credential.sessionId] : [];
  return await lockInOrder({ changed: [id], kept }, (ids, strength) =>
    transaction
      .select({ id: sessions.id, endedAt: sessions.endedAt })
      .from(sessions)
      .where(inArray(sessions.id, ids))
      .orderBy(asc(sessions.id))
      .for(strength),
  );
}

/**
 * Ends all sessions of a user.
 *
 * @returns the user, and the number of sessions that this call ended.
 * @throws UserNotFound; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function endSessions(
  database: PooledDatabase,
  userId: string,
  actor: Actor,
): Promise<{ user: User; count: number }> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    const locked = await lockUsers(transaction, actor, { changed: [userId] });
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.revokeSessions', ownerId: userId });
    const user = locked.get(userId);
    if (user === undefined) throw new UserNotFound();
    const { length: count } = await endSessionsOf(transaction, user.id);
    const detail = `sessions: ${count}`;
    if (count > 0) await record(transaction, actor, { action: 'LOGGED_OUT', subjectId: user.id, detail });
    return { user, count };
  });
}

/** Ends all sessions of a user that the transaction has locked as `changed`, and returns their ids. */
export async function endSessionsOf(database: Database, userId: string): Promise<string[]> {
  const ended = await database
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}
