import { inArray, lte, sql } from 'drizzle-orm';
import type { Job } from '../jobs/jobs.js';
import { restingUsernames } from './table.js';

/** Creates a job that deletes names once their rest is over, up to `limit` at once: the names of deleted users are not kept. */
export function createPurgeRestingUsernames(restDays: number): Job {
  return async (transaction, limit) => {
    const isOver = lte(restingUsernames.freedAt, sql`now() - make_interval(hours => ${restDays * 24}::int)`);
    // Rows that a user is taking or freeing are left for the next run.
    const some = transaction
      .select({ username: restingUsernames.username })
      .from(restingUsernames)
      .where(isOver)
      .limit(limit)
      .for('update', { skipLocked: true });
    const purged = await transaction
      .delete(restingUsernames)
      .where(inArray(restingUsernames.username, some))
      .returning({ username: restingUsernames.username });
    return purged.length < limit ? 'DONE' : 'MORE';
  };
}
