import { and, eq, lte, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/**
 * Bounds failures, for each key, by all nodes together: `max` at once, and one more each time that a part of `seconds` has
 * passed, so that a budget which others have used up recovers steadily. It is a token bucket: `expire` is when it is full
 * again, and each failure puts that off by one part.
 *
 * An attempt counts as a failure while it is in flight, so that of many at once no more can fail than are left. One whose
 * process ends counts as failed.
 */
export interface FailureBudget {
  /** @throws RateLimited: until one more is allowed; for 1 s where attempts in flight may give theirs back. */
  reserve(key: string): Promise<Reservation>;
  /** Counts a failure whose attempt reserved nothing, where one is left. */
  add(key: string): Promise<void>;
}

/** What an attempt has reserved. Call one of the two, once. */
export interface Reservation {
  /** The attempt failed, and stays counted. */
  fail(): Promise<void>;
  /** The attempt did not fail. */
  release(): Promise<void>;
}

interface BudgetOptions {
  /** Prefix of the keys: what is counted. */
  readonly of: string;
  /** Failures at once. */
  readonly max: number;
  /** How long it takes until a used-up budget is full again. */
  readonly seconds: number;
}

export function createFailureBudget(database: Database, { of, max, seconds }: BudgetOptions): FailureBudget {
  const one = sql`make_interval(secs => ${seconds / max}::float8)`;
  const allButOne = sql`make_interval(secs => ${seconds - seconds / max}::float8)`;
  const now = sql`clock_timestamp()`;

  /** Whether one was left to take. */
  const take = async (key: string, pending: 0 | 1): Promise<boolean> => {
    const taken = await database
      .insert(throttles)
      .values({ key, points: 0, pending, expire: sql`${now} + ${one}` })
      .onConflictDoUpdate({
        target: throttles.key,
        set: {
          // What is in flight at a full budget is left from a process that ended.
          pending: sql`case when ${throttles.expire} <= ${now} then 0 else ${throttles.pending} end + ${pending}::int`,
          expire: sql`greatest(${throttles.expire}, ${now}) + ${one}`,
        },
        setWhere: lte(throttles.expire, sql`${now} + ${allButOne}`),
      })
      .returning({ key: throttles.key });
    return taken.length > 0;
  };
  const end = async (key: string, returned: 0 | 1): Promise<void> => {
    await database
      .update(throttles)
      .set({
        pending: sql`greatest(${throttles.pending} - 1, 0)`,
        expire: sql`${throttles.expire} - ${returned}::int * ${one}`,
      })
      .where(eq(throttles.key, key));
  };
  const msUntilOneMore = async (key: string): Promise<number> => {
    const wait = sql<number>`extract(epoch from ${throttles.expire} - ${allButOne} - ${now})::float8 * 1000`;
    const [row] = await database
      .select({ ms: wait })
      .from(throttles)
      .where(and(eq(throttles.key, key), eq(throttles.pending, 0)));
    return row?.ms ?? 0;
  };
  return {
    reserve: async (key) => {
      const named = `${of}:${key}`;
      if (!(await take(named, 1))) throw new RateLimited(await msUntilOneMore(named));
      return { fail: () => end(named, 0), release: () => end(named, 1) };
    },
    add: async (key) => {
      await take(`${of}:${key}`, 0);
    },
  };
}
