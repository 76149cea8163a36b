import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { sessions } from './table.js';

/**
 * Deletes some of the sessions that ended a month ago. Until then they are listed, and their refresh tokens are told what
 * became of them; their access tokens ended long before. Answers how many it was.
 */
export async function purgeSessions(transaction: Database, most: number): Promise<number> {
  // No index finds these: each renewal would have to keep it up, and the search is made seldom and by one node.
  const isOver = lt(sql`coalesce(${sessions.endedAt}, ${sessions.expiresAt})`, sql`now() - interval '30 days'`);
  const some = transaction.select({ id: sessions.id }).from(sessions).where(isOver).limit(most);
  const purged = await transaction.delete(sessions).where(inArray(sessions.id, some)).returning({ id: sessions.id });
  return purged.length;
}
