import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { throttles } from './table.js';

/** Deletes up to `max` counts that ended a day ago: a growing wait remembers its failures for that long. Returns how many. */
export async function purgeThrottles(transaction: Database, max: number): Promise<number> {
  const isOver = lt(throttles.expire, sql`now() - interval '1 day'`);
  const some = transaction.select({ key: throttles.key }).from(throttles).where(isOver).limit(max);
  const purged = await transaction
    .delete(throttles)
    .where(inArray(throttles.key, some))
    .returning({ key: throttles.key });
  return purged.length;
}
