import { eq, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/** Makes attempts wait after failures: some are free, then each doubles the time until the next attempt. */
export interface GrowingWait {
  /** @throws RateLimited while the wait lasts. Writes nothing. */
  check(key: string): Promise<void>;
  /**
   * Counts the next attempt as a failure until it has ended: of many at once, the others wait.
   *
   * @throws RateLimited while the wait lasts. A refused attempt is not counted, and does not prolong the wait.
   */
  begin(key: string): Promise<void>;
  /** The attempt failed: the wait begins now, not when the attempt was made. */
  fail(key: string): Promise<void>;
  /** The attempt came to no result, and does not count. */
  cancel(key: string): Promise<void>;
  /** The attempt succeeded: the failures before it no longer count. */
  forget(key: string): Promise<void>;
}

const MAX_SECONDS = 900;

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
          // The clock, not the transaction's time: the transaction may have waited since it began.
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

/** When the next attempt is allowed after so many failures. The exponent is bounded where the wait is. */
function after(failures: SQL, free: number): SQL {
  return sql`clock_timestamp() + make_interval(secs =>
    case when ${failures} < ${free}::int then 0 else least(power(2, least(${failures} - ${free}::int, 10)), ${MAX_SECONDS}::int) end)`;
}

async function remaining(database: Database, key: string): Promise<number> {
  const [row] = await database
    .select({ waitMs: sql<number>`extract(epoch from ${throttles.expire} - clock_timestamp())::float8 * 1000` })
    .from(throttles)
    .where(eq(throttles.key, key));
  return row?.waitMs ?? 0;
}
