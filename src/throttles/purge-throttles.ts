import { inArray, lt, sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { throttles } from './table.js';

/** Deletes counts that expired a day ago; a failed log-in is kept for a day. */
export const purgeThrottles: Job = async (transaction, limit) => {
  const isOver = lt(throttles.expire, sql`now() - interval '1 day'`);
  const some = transaction.select({ key: throttles.key }).from(throttles).where(isOver).limit(limit);
  const purged = await transaction
    .delete(throttles)
    .where(inArray(throttles.key, some))
    .returning({ key: throttles.key });
  return purged.length < limit ? 'DONE' : 'MORE';
};
