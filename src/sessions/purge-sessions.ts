import { inArray, lt, sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { sessions } from './table.js';

/**
 * Deletes sessions that ended a month ago. Until then they are listed, and their refresh tokens are rejected with the
 * reason; their access tokens expired long before.
 */
export const purgeSessions: Job = async (transaction, limit) => {
  // No index finds these: each renewal would have to keep it up, and the search is made seldom and by one node.
  const isOver = lt(sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})`, sql`now() - interval '30 days'`);
  const some = transaction.select({ id: sessions.id }).from(sessions).where(isOver).limit(limit);
  const purged = await transaction.delete(sessions).where(inArray(sessions.id, some)).returning({ id: sessions.id });
  return purged.length < limit ? 'DONE' : 'MORE';
};
