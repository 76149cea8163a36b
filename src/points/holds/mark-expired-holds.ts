import { sql } from 'drizzle-orm';
import type { Job } from '../../jobs/jobs.js';

/** Marks holds of up to `limit` users as EXPIRED, for lists of these. Whether a hold has expired is decided without it. */
export const markExpiredHolds: Job = async (transaction, limit) => {
  const { rows } = await transaction.execute<{ users: number }>(sql`select mark_expired_holds(${limit}) as users`);
  return (rows[0]?.users ?? 0) < limit ? 'DONE' : 'MORE';
};
