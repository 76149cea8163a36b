import { inArray, lt, sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { throttles } from './table.js';

/** Deletes up to `limit` counts that ended a day ago: a growing wait remembers its failures for that long. */
export const purgeThrottles: Job = async (transaction, limit) => {
  const isOver = lt(throttles.expire, sql`now() - interval '1 day'`);
  const some = transaction.select({ key: throttles.key }).from(throttles).where(isOver).limit(limit);
  const purged = await transaction
    .delete(throttles)
    .where(inArray(throttles.key, some))
    .returning({ key: throttles.key });
  return purged.length < limit ? 'DONE' : 'MORE';
};
