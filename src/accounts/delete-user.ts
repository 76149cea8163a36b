import { and, eq, isNull, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Change } from '../auth/live-credential.js';
import type { PooledDatabase } from '../database/connect.js';
import { posts } from '../posts/table.js';
import { endSessionsOf } from '../sessions/end-session.js';
import { tokens } from '../tokens/table.js';
import { freeUsername } from '../users/resting-usernames.js';
import { formerUsernames, users } from '../users/table.js';
import { DELETED_PREFIX } from '../users/user.js';
import { lockAccount, refuseLosingLastAdmin } from './lock-account.js';

/**
 * Deletes a user: their names and posts are deleted, their tokens revoked, their sessions ended. The name rests, and can
 * then be taken again; their ids in other systems, which a trigger deletes, can be linked again at once. Another trigger
 * releases their holds. The ledger keeps their entries.
 *
 * @returns the id of the deleted user.
 * @throws UserNotFound; BadUserInput for the last ADMIN; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function deleteUser(database: PooledDatabase, userId: string, actor: Actor): Promise<string> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    const change: Change = { actor, coordinate: 'Mutation.deleteUser', ownerId: userId };
    const locked = await lockAccount(transaction, userId, change);
    const { user } = locked;
    refuseLosingLastAdmin(locked, 'input.user');
    await transaction.delete(posts).where(eq(posts.authorId, user.id));
    await transaction.delete(formerUsernames).where(eq(formerUsernames.userId, user.id));
    // Before the tokens: a renewal locks a session alone, and may end it. See `requireLiveCredential`.
    await endSessionsOf(transaction, user.id);
    await transaction
      .update(tokens)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(tokens.ownerId, user.id), isNull(tokens.revokedAt)));
    await transaction
      .update(users)
      .set({ username: `${DELETED_PREFIX}${user.id}`, role: 'USER', passwordHash: null, deletedAt: sql`now()` })
      .where(eq(users.id, user.id));
    await freeUsername(transaction, user);
    await record(transaction, actor, { action: 'USER_DELETED', subjectId: user.id });
    return user.id;
  });
}
