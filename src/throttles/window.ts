import { and, eq, gt, gte, lte, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/** At most so many in so long, for each key: counted by all nodes together. A window begins with the first one counted. */
export interface Window {
  /**
   * Counts one: of many at once, exactly so many pass. What is refused is not counted.
   *
   * @param transaction what the count is part of; it is undone with it.
   * @returns takes the one back, unless its window has ended: a later window is left as it is.
   * @throws RateLimited when the window is full.
   */
  count(key: string, transaction?: Database): Promise<GiveBack>;
  /** @throws RateLimited when the window is full. Counts nothing. */
  check(key: string): Promise<void>;
  /** Counts one that cannot be refused any more. */
  add(key: string): Promise<void>;
}

export type GiveBack = () => Promise<void>;

export interface WindowOptions {
  /** What is counted, in a word. */
  readonly of: string;
  /** How many there may be; 0: any number. */
  readonly max: number;
  readonly seconds: number;
}

export function createWindow(database: Database, { of, max, seconds }: WindowOptions): Window {
  if (max === 0) return UNLIMITED;
  const named = (key: string) => `${of}:${key}`;
  const end = sql`clock_timestamp() + make_interval(secs => ${seconds}::int)`;
  const isOver = lte(throttles.expire, sql`clock_timestamp()`);
  const increment = (on: Database, key: string) =>
    on
      .insert(throttles)
      .values({ key: named(key), points: 1, expire: end })
      .onConflictDoUpdate({
        target: throttles.key,
        set: {
          points: sql`case when ${isOver} then 1 else ${throttles.points} + 1 end`,
          expire: sql`case when ${isOver} then ${end} else ${throttles.expire} end`,
        },
        setWhere: sql`${isOver} or ${throttles.points} < ${max}::int`,
      })
      .returning({ end: sql<string>`${throttles.expire}::text` }); // as text: a Date has no microseconds
  const remainingMs = async (on: Database, key: string) => {
    const isFull = and(
      eq(throttles.key, named(key)),
      gte(throttles.points, max),
      gt(throttles.expire, sql`clock_timestamp()`),
    );
    const [row] = await on
      .select({ ms: sql<number>`extract(epoch from ${throttles.expire} - clock_timestamp())::float8 * 1000` })
      .from(throttles)
      .where(isFull);
    return row?.ms;
  };
  return {
    count: async (key, transaction = database) => {
      const [counted] = await increment(transaction, key);
      if (counted === undefined) throw new RateLimited((await remainingMs(transaction, key)) ?? 0);
      return async () => {
        await database
          .update(throttles)
          .set({ points: sql`greatest(${throttles.points} - 1, 0)` })
          .where(and(eq(throttles.key, named(key)), eq(throttles.expire, sql`${counted.end}::timestamptz`)));
      };
    },
    check: async (key) => {
      const ms = await remainingMs(database, key);
      if (ms !== undefined) throw new RateLimited(ms);
    },
    add: async (key) => {
      await increment(database, key);
    },
  };
}

const UNLIMITED: Window = {
  count: async () => async () => {},
  check: async () => {},
  add: async () => {},
};
