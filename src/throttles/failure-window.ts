import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';
import { msUntilEnd, type WindowOptions } from './window.js';

/**
 * Counts failures in a time window, for each key, by all nodes together. An attempt holds one of `max` slots while it is in
 * flight, so that of many at once no more than `max` can fail; it frees the slot unless it failed.
 */
export interface FailureWindow {
  /** @throws RateLimited: until the window ends where `max` have failed; for 1 s where attempts in flight hold the slots. */
  reserve(key: string): Promise<Reservation>;
  /** Counts a failure whose attempt held no slot. */
  add(key: string): Promise<void>;
}

/** The slot of an attempt. Call one of the two, once. After the end of its window they change nothing. */
export interface Reservation {
  /** The attempt failed: it counts until the window ends. */
  fail(): Promise<void>;
  /** The attempt did not fail. */
  release(): Promise<void>;
}

export function createFailureWindow(database: Database, { of, max, seconds }: WindowOptions): FailureWindow {
  const end = sql`clock_timestamp() + make_interval(secs => ${seconds}::int)`;
  const isOver = lte(throttles.expire, sql`clock_timestamp()`);
  const orAnew = (former: SQL, added: number) => sql`case when ${isOver} then 0 else ${former} end + ${added}::int`;
  /** @returns the end of the window, as text since a Date has no microseconds; undefined: no slot is free. */
  const insert = async (key: string, added: { points: number; pending: number }): Promise<string | undefined> => {
    const [row] = await database
      .insert(throttles)
      .values({ key, ...added, expire: end })
      .onConflictDoUpdate({
        target: throttles.key,
        set: {
          points: orAnew(sql`${throttles.points}`, added.points),
          pending: orAnew(sql`${throttles.pending}`, added.pending),
          expire: sql`case when ${isOver} then ${end} else ${throttles.expire} end`,
        },
        setWhere: sql`${isOver} or ${throttles.points} + ${throttles.pending} < ${max}::int`,
      })
      .returning({ end: sql<string>`${throttles.expire}::text` });
    return row?.end;
  };
  const settle = async (key: string, ofWindow: string, failures: 0 | 1): Promise<void> => {
    await database
      .update(throttles)
      .set({
        points: sql`${throttles.points} + ${failures}::int`,
        pending: sql`greatest(${throttles.pending} - 1, 0)`,
      })
      .where(and(eq(throttles.key, key), eq(throttles.expire, sql`${ofWindow}::timestamptz`)));
  };
  return {
    reserve: async (key) => {
      const named = `${of}:${key}`;
      const ofWindow = await insert(named, { points: 0, pending: 1 });
      if (ofWindow === undefined) throw new RateLimited((await msUntilEnd(database, named, max)) ?? 0);
      return {
        fail: () => settle(named, ofWindow, 1),
        release: () => settle(named, ofWindow, 0),
      };
    },
    add: async (key) => {
      await insert(`${of}:${key}`, { points: 1, pending: 0 });
    },
  };
}
