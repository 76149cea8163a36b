import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { throttles } from './table.js';

/** Deletes some of what counts for nothing any more; a failed log-in is remembered for a day. Answers how many it was. */
export async function purgeThrottles(transaction: Database, most: number): Promise<number> {
  const isOver = lt(throttles.expire, sql`now() - interval '1 day'`);
  const some = transaction.select({ key: throttles.key }).from(throttles).where(isOver).limit(most);
  const purged = await transaction
    .delete(throttles)
    .where(inArray(throttles.key, some))
    .returning({ key: throttles.key });
  return purged.length;
}
