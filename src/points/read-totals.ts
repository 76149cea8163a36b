import { and, count, gte, lt, type SQL, sql } from 'drizzle-orm';
import { createBatcher } from '../concurrency/batcher.js';
import { readClock } from '../database/clock.js';
import type { Database } from '../database/connect.js';
import { DAY_MS } from './day.js';
import { balances, entries } from './table.js';

/** The sums over all users. A sum is null where a JavaScript number does not carry it exactly. */
export interface PointsTotals {
  readonly points: number | null;
  /** The number of users with points. */
  readonly holders: number;
  readonly entries: number;
}

/**
 * Points added, spent, transferred and reversed on one day. A sum is null where a JavaScript number does not carry it exactly.
 */
export interface PointsDay {
  /** Its start, in UTC. */
  readonly day: Date;
  readonly added: number | null;
  readonly spent: number | null;
  /** Between users, which counts neither as added nor as spent. */
  readonly transferred: number | null;
  /** The sum of the reversals; negative where more was taken than given back. */
  readonly reversed: number | null;
  readonly entries: number;
}

/** One statement at a time: calls during a run share the next one. */
const SHARED = { maxBatch: 10_000, maxQueue: 10_000 };

/** Creates a read of the totals, from the balances alone: their sequences count the entries. A million users take 0.2 s. */
export function createPointsTotals(database: Database): () => Promise<PointsTotals> {
  return createBatcher<void, PointsTotals>({
    ...SHARED,
    run: async (calls) => {
      const [totals] = await database
        .select({
          points: total(sql`${balances.points}`),
          holders: sql<number>`count(*) filter (where ${balances.points} > 0)`.mapWith(Number),
          entries: sql<number>`coalesce(sum(${balances.sequence}), 0)`.mapWith(Number),
        })
        .from(balances);
      return calls.map(() => totals ?? { points: 0, holders: 0, entries: 0 });
    },
  });
}

/** No statement runs for half as long: an entry that is dated earlier is visible, or never will be. */
const UNCERTAIN_MS = 60_000;

/**
 * Creates a read of the last days, today first. A past day never changes and is read once: that takes half a second for
 * each million of its entries, in a statement of its own.
 *
 * @returns a function of the number of days.
 */
export function createPointsByDay(database: Database): (days: number) => Promise<PointsDay[]> {
  const past = new Map<number, PointsDay>();

  async function read(start: number, now: number): Promise<PointsDay> {
    const known = past.get(start);
    if (known !== undefined) return known;
    const day = await sumDay(database, new Date(start));
    if (start + DAY_MS + UNCERTAIN_MS < now) past.set(start, day);
    return day;
  }

  return createBatcher<number, PointsDay[]>({
    ...SHARED,
    run: async (counts) => {
      const now = (await readClock(database)).getTime();
      const today = now - (now % DAY_MS);
      const days: PointsDay[] = [];
      for (let ago = 0; ago < Math.max(...counts); ago++) days.push(await read(today - ago * DAY_MS, now));
      return counts.map((count) => days.slice(0, count));
    },
  });
}

async function sumDay(database: Database, day: Date): Promise<PointsDay> {
  const { recordedAt, delta, kind } = entries;
  const [sums] = await database
    .select({
      added: total(sql`${delta}`, sql`${kind} = 'ADD'`),
      spent: total(sql`-${delta}`, sql`${kind} = 'SPEND'`),
      transferred: total(sql`-${delta}`, sql`${kind} = 'TRANSFER_OUT'`),
      reversed: total(sql`${delta}`, sql`${kind} = 'REVERSAL'`),
      entries: count(),
    })
    .from(entries)
    .where(and(gte(recordedAt, day), lt(recordedAt, new Date(day.getTime() + DAY_MS))));
  return { day, ...(sums ?? { added: 0, spent: 0, transferred: 0, reversed: 0, entries: 0 }) };
}

function total(points: SQL, only: SQL = sql`true`): SQL<number | null> {
  const sum = sql<string>`coalesce(sum(${points}) filter (where ${only}), 0)`;
  return sum.mapWith((text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : null));
}
