import { and, eq, gt, gte, lte, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/** Counts at most `max` in a time window, for each key, by all nodes together. The first one counted starts the window. */
export interface Window {
  /**
   * Counts one: of many at once, exactly `max` pass. A refused one is not counted.
   *
   * @param transaction what the count is part of; it is rolled back with it.
   * @throws RateLimited when the window is full.
   */
  count(key: string, transaction?: Database): Promise<void>;
  /** @throws RateLimited when the window is full. Counts nothing. */
  check(key: string): Promise<void>;
  /** Counts one that has happened and cannot be refused. */
  add(key: string): Promise<void>;
}

interface WindowOptions {
  /** Prefix of the keys: what is counted. */
  readonly of: string;
  /** 0: no limit. */
  readonly max: number;
  readonly seconds: number;
}

export function createWindow(database: Database, { of, max, seconds }: WindowOptions): Window {
  if (max === 0) return UNLIMITED;
  const named = (key: string) => `${of}:${key}`;
  const end = sql`clock_timestamp() + make_interval(secs => ${seconds}::int)`;
  const isOver = lte(throttles.expire, sql`clock_timestamp()`);
  const increment = async (on: Database, key: string): Promise<boolean> => {
    const counted = await on
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
      .returning({ key: throttles.key });
    return counted.length > 0;
  };
  return {
    count: async (key, transaction = database) => {
      if (await increment(transaction, key)) return;
      throw new RateLimited((await msUntilEnd(transaction, named(key), max)) ?? 0);
    },
    check: async (key) => {
      const ms = await msUntilEnd(database, named(key), max);
      if (ms !== undefined) throw new RateLimited(ms);
    },
    add: async (key) => {
      await increment(database, key);
    },
  };
}

/** Until the window of a key ends, in which `max` are counted; undefined: it has room. */
async function msUntilEnd(database: Database, key: string, max: number): Promise<number | undefined> {
  const [row] = await database
    .select({ ms: sql<number>`extract(epoch from ${throttles.expire} - clock_timestamp())::float8 * 1000` })
    .from(throttles)
    .where(and(eq(throttles.key, key), gte(throttles.points, max), gt(throttles.expire, sql`clock_timestamp()`)));
  return row?.ms;
}

const UNLIMITED: Window = {
  count: async () => {},
  check: async () => {},
  add: async () => {},
};
