import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { posts } from '../posts/table.js';
import { tokens } from '../tokens/table.js';
import { lockUser, refuseLosingLastAdmin } from './lock-user.js';
import { formerUsernames, users } from './table.js';
import type { UserRef } from './user.js';

/**
 * Deletes a user: whatever names them goes, the name becomes free, their posts go, their tokens are revoked. The ledger
 * keeps their entries.
 *
 * @returns the id of the deleted user.
 * @throws UserNotFound; BadUserInput for the last ADMIN. Nothing was changed.
 */
export async function deleteUser(database: Database, ref: UserRef): Promise<string> {
  return await database.transaction(async (transaction) => {
    const { user } = await lockUser(transaction, ref);
    if (user.role === 'ADMIN') await refuseLosingLastAdmin(transaction, user, 'input.user');
    await transaction.delete(posts).where(eq(posts.authorId, user.id));
    await transaction.delete(formerUsernames).where(eq(formerUsernames.userId, user.id));
    await transaction
      .update(tokens)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(tokens.ownerId, user.id), isNull(tokens.revokedAt)));
    await transaction
      .update(users)
      .set({ username: `deleted-${user.id}`, role: 'USER', passwordHash: null, deletedAt: sql`now()` })
      .where(eq(users.id, user.id));
    return user.id;
  });
}
