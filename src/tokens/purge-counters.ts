import { sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { tokenRequests, tokenUserCounters } from './table.js';

/** Deletes up to `limit` of the counters per user of days before yesterday: should the clock go back, yesterday's count. */
export const purgeUserCounters: Job = async (transaction, limit) => {
  const { userId, rootId, day } = tokenUserCounters;
  // Rows that others have locked are left for the next run: they lock in another order.
  const some = transaction
    .select({ userId, rootId })
    .from(tokenUserCounters)
    .where(sql`${day} < (now() at time zone 'UTC')::date - 1`)
    .limit(limit)
    .for('update', { skipLocked: true });
  const purged = await transaction
    .delete(tokenUserCounters)
    .where(sql`(${userId}, ${rootId}) in ${some}`)
    .returning({ rootId });
  return purged.length < limit ? 'DONE' : 'MORE';
};

/** Deletes up to `limit` of the counts of requests whose minute was a day ago. */
export const purgeTokenRequests: Job = async (transaction, limit) => {
  const { rootId, minute } = tokenRequests;
  const some = transaction
    .select({ rootId })
    .from(tokenRequests)
    .where(sql`${minute} < now() - interval '1 day'`)
    .limit(limit)
    .for('update', { skipLocked: true });
  const purged = await transaction.delete(tokenRequests).where(sql`${rootId} in ${some}`).returning({ rootId });
  return purged.length < limit ? 'DONE' : 'MORE';
};
