import { and, count, gte, lt, type SQL, sql } from 'drizzle-orm';
import { createLane } from '../concurrency/batcher.js';
import type { Database } from '../database/connect.js';
import { readClock } from './feed/read-changes.js';
import { balances, entries } from './table.js';

/** What everybody has, together. A sum is null where a number does not carry it exactly. */
export interface PointsTotals {
  readonly points: number | null;
  /** How many users have any. */
  readonly holders: number;
  readonly entries: number;
}

/** What became of points on one day. A sum is null where a number does not carry it exactly. */
export interface PointsDay {
  /** Its beginning, in UTC. */
  readonly day: Date;
  readonly added: number | null;
  readonly spent: number | null;
  /** What reversals came to. */
  readonly reversed: number | null;
  readonly entries: number;
}

/** One at a time, however many ask: those who come meanwhile share the next answer. */
const TOGETHER = { maxBatch: 10_000, maxQueue: 10_000 };

/** Reads the totals, by the balances alone: their sequences say how many entries there are. A million users take 0.2 s. */
export function createPointsTotals(database: Database): () => Promise<PointsTotals> {
  return createLane<void, PointsTotals>({
    ...TOGETHER,
    run: async (asked) => {
      const [totals] = await database
        .select({
          points: total(sql`${balances.points}`),
          holders: sql<number>`count(*) filter (where ${balances.points} > 0)`.mapWith(Number),
          entries: sql<number>`coalesce(sum(${balances.sequence}), 0)`.mapWith(Number),
        })
        .from(balances);
      return asked.map(() => totals ?? { points: 0, holders: 0, entries: 0 });
    },
  });
}

const DAY_MS = 86_400_000;

/** No statement runs for half so long: what is dated before that is there, or never will be. */
const UNCERTAIN_MS = 60_000;

/**
 * Reads the last days, today first. A day that is over never changes, and is read once: to read one takes half a second
 * for each million of its entries, in a statement of its own.
 *
 * @returns takes how many days.
 */
export function createPointsByDay(database: Database): (days: number) => Promise<PointsDay[]> {
  const over = new Map<number, PointsDay>();

  async function read(start: number, now: number): Promise<PointsDay> {
    const known = over.get(start);
    if (known !== undefined) return known;
    const day = await sumDay(database, new Date(start));
    if (start + DAY_MS + UNCERTAIN_MS < now) over.set(start, day);
    return day;
  }

  return createLane<number, PointsDay[]>({
    ...TOGETHER,
    run: async (asked) => {
      const now = (await readClock(database)).getTime();
      const today = now - (now % DAY_MS);
      const days: PointsDay[] = [];
      for (let ago = 0; ago < Math.max(...asked); ago++) days.push(await read(today - ago * DAY_MS, now));
      return asked.map((many) => days.slice(0, many));
    },
  });
}

async function sumDay(database: Database, day: Date): Promise<PointsDay> {
  const { createdAt, delta, kind } = entries;
  const [sums] = await database
    .select({
      added: total(sql`${delta}`, sql`${kind} = 'ADD'`),
      spent: total(sql`-${delta}`, sql`${kind} = 'SPEND'`),
      reversed: total(sql`${delta}`, sql`${kind} = 'REVERSAL'`),
      entries: count(),
    })
    .from(entries)
    .where(and(gte(createdAt, day), lt(createdAt, new Date(day.getTime() + DAY_MS))));
  return { day, ...(sums ?? { added: 0, spent: 0, reversed: 0, entries: 0 }) };
}

function total(points: SQL, only: SQL = sql`true`): SQL<number | null> {
  const sum = sql<string>`coalesce(sum(${points}) filter (where ${only}), 0)`;
  return sum.mapWith((text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : null));
}
