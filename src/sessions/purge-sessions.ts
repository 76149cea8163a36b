import { inArray, lt, sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { sessions } from './table.js';

/**
 * Deletes up to `limit` of the sessions that ended a month ago. Until then they are listed, and their
 * refresh tokens are refused with the reason; their access tokens expired long before.
 */
export const purgeSessions: Job = async (transaction, limit) => {
  // Without an index, which each renewal would have to update: one node searches every few minutes.
  const isOver = lt(sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})`, sql`now() - interval '30 days'`);
  // Rows that others have locked are left for the next run: they lock in another order.
  const some = transaction
    .select({ id: sessions.id })
    .from(sessions)
    .where(isOver)
    .limit(limit)
    .for('update', { skipLocked: true });
  const purged = await transaction.delete(sessions).where(inArray(sessions.id, some)).returning({ id: sessions.id });
  return purged.length < limit ? 'DONE' : 'MORE';
};
