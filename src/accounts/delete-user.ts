import { and, eq, isNull, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { posts } from '../posts/table.js';
import { sessions } from '../sessions/table.js';
import { tokens } from '../tokens/table.js';
import { lockUser, refuseLosingLastAdmin } from '../users/lock-user.js';
import { formerUsernames, users } from '../users/table.js';
import { DELETED_PREFIX } from '../users/user.js';

/**
 * Deletes a user: whatever names them goes, the name becomes free, their posts go, their tokens are revoked, their
 * sessions end. The ledger keeps their entries.
 *
 * @returns the id of the deleted user.
 * @throws UserNotFound; BadUserInput for the last ADMIN; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function deleteUser(database: PooledDatabase, userId: string, actor: Actor): Promise<string> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    // Posts before users: see `requireLiveCredential`.
    await transaction.execute(
      sql`select count(*) from (select from ${posts} where ${posts.authorId} = ${userId} order by ${posts.id} for update)`,
    );
    const change = { actor, coordinate: 'Mutation.deleteUser', scopes: ['users:write'] as const };
    const locked = await lockUser(transaction, userId, change);
    const { user } = locked;
    refuseLosingLastAdmin(locked, 'input.user');
    await transaction.delete(posts).where(eq(posts.authorId, user.id));
    await transaction.delete(formerUsernames).where(eq(formerUsernames.userId, user.id));
    await transaction
      .update(tokens)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(tokens.ownerId, user.id), isNull(tokens.revokedAt)));
    await transaction
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(eq(sessions.userId, user.id), isNull(sessions.endedAt)));
    await transaction
      .update(users)
      .set({ username: `${DELETED_PREFIX}${user.id}`, role: 'USER', passwordHash: null, deletedAt: sql`now()` })
      .where(eq(users.id, user.id));
    await record(transaction, actor, { action: 'USER_DELETED', subjectId: user.id });
    return user.id;
  });
}
