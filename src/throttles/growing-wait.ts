import { eq, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/** Has failures wait: some are free, then each doubles the time until the next attempt. */
export interface GrowingWait {
  /** @throws RateLimited while the time is not up. Counts nothing, and writes nothing. */
  check(key: string): Promise<void>;
  /**
   * Takes the next attempt, as a failure until something better is known of it: of many at once, the rest wait.
   *
   * @throws RateLimited while the time is not up. That counts for nothing, so that nobody is kept out by trying.
   */
  begin(key: string): Promise<void>;
  /** The attempt was a failure: the wait begins now, and not when it was made. */
  fail(key: string): Promise<void>;
  /** The attempt came to nothing: it was none. */
  cancel(key: string): Promise<void>;
  /** The attempt succeeded: those before it are forgotten. */
  forget(key: string): Promise<void>;
}

const MOST_SECONDS = 900;

/** @param free how many failures cost no wait; after the last of them it is a second, then 2, 4, up to 900. */
export function createGrowingWait(database: Database, { of, free }: { of: string; free: number }): GrowingWait {
  const named = (key: string) => `${of}:${key}`;
  const failures = sql`case when ${throttles.expire} < now() - interval '1 day' then 1 else ${throttles.points} + 1 end`;
  return {
    check: async (key) => {
      const waitMs = await remaining(database, named(key));
      if (waitMs > 0) throw new RateLimited(waitMs);
    },
    begin: async (key) => {
      const [begun] = await database
        .insert(throttles)
        .values({ key: named(key), points: 1, expire: after(sql`1`, free) })
        .onConflictDoUpdate({
          target: throttles.key,
          set: { points: failures, expire: after(failures, free) },
          // The clock, not the transaction's time: it began before whatever it had to wait for.
          setWhere: lte(throttles.expire, sql`clock_timestamp()`),
        })
        .returning({ key: throttles.key });
      if (begun === undefined) throw new RateLimited(await remaining(database, named(key)));
    },
    fail: async (key) => {
      await database
        .update(throttles)
        .set({ expire: after(sql`${throttles.points}`, free) })
        .where(eq(throttles.key, named(key)));
    },
    cancel: async (key) => {
      await database
        .update(throttles)
        .set({ points: sql`greatest(${throttles.points} - 1, 0)`, expire: sql`clock_timestamp()` })
        .where(eq(throttles.key, named(key)));
    },
    forget: async (key) => {
      await database.delete(throttles).where(eq(throttles.key, named(key)));
    },
  };
}

/** Until when the next attempt waits after so many failures. The exponent ends where the wait does. */
function after(failures: SQL, free: number): SQL {
  return sql`clock_timestamp() + make_interval(secs =>
    case when ${failures} < ${free}::int then 0 else least(power(2, least(${failures} - ${free}::int, 10)), ${MOST_SECONDS}::int) end)`;
}

async function remaining(database: Database, key: string): Promise<number> {
  const [row] = await database
    .select({ waitMs: sql<number>`extract(epoch from ${throttles.expire} - clock_timestamp())::float8 * 1000` })
    .from(throttles)
    .where(eq(throttles.key, key));
  return row?.waitMs ?? 0;
}
