import { eq, gt, sql } from 'drizzle-orm';
import { createLane } from '../../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../../database/connect.js';
import { rowsOf } from '../../database/page.js';
import { prepare } from '../../database/prepare.js';
import { type Entry, type EntryRef, entryColumns } from '../entry.js';
import { SequenceAhead } from '../errors.js';
import { entries } from '../table.js';

/** The most entries that one read answers. */
const MOST_ENTRIES = 100;

/**
 * Reads what comes behind an entry, oldest first, up to 100; what is asked for together is read in one statement. The entry
 * itself is read with them, to see that the ledger still holds it.
 *
 * @returns a function that throws SequenceAhead where the ledger ends before the entry.
 */
export function createEntriesBehind(database: PooledDatabase): (ref: EntryRef) => Promise<readonly Entry[]> {
  const readRows = prepare(
    database,
    'entries_behind',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: entryColumns })
      .from(
        sql`unnest(${sql.placeholder('users')}::uuid[], ${sql.placeholder('sequences')}::int[])
          with ordinality as wanted(user_id, sequence, list)`,
      )
      .crossJoinLateral(
        rowsOf(
          entries,
          sql`select * from ${entries}
            where ${entries.userId} = wanted.user_id and ${entries.sequence} >= wanted.sequence
            order by ${entries.sequence} limit ${sql.raw(String(MOST_ENTRIES + 1))}`,
        ),
      )
      .orderBy(sql`wanted.list`, entries.sequence),
  );
  const entriesFrom = createLane<EntryRef, readonly Entry[]>({
    maxBatch: 200,
    maxQueue: 100_000,
    run: async (refs) => {
      const rows = await readRows({
        users: refs.map((ref) => ref.userId),
        sequences: refs.map((ref) => ref.sequence),
      });
      const lists = refs.map((): Entry[] => []);
      for (const { list, row } of rows) lists[list - 1]?.push(row);
      return lists;
    },
  });
  return async (ref) => {
    const found = await entriesFrom(ref);
    if (ref.sequence === 0) return found;
    if (found.length === 0) throw new SequenceAhead(await readLastSequence(database, ref.userId));
    return found.slice(1);
  };
}

async function readLastSequence(database: Database, userId: string): Promise<number> {
  const [last] = await database
    .select({ sequence: sql<number>`coalesce(max(${entries.sequence}), 0)` })
    .from(entries)
    .where(eq(entries.userId, userId));
  return last?.sequence ?? 0;
}

/** A user whose ledger grew. */
export interface Growth {
  readonly userId: string;
  /** The last sequence. */
  readonly last: number;
  /** The date of the youngest entry, to the millisecond below. */
  readonly until: Date;
}

/** Finds everybody whose ledger grew since an instant, by the dates of entries: an index of them bounds the search. */
export async function findGrowth(database: Database, since: Date): Promise<Growth[]> {
  const { userId, sequence, createdAt } = entries;
  return await database
    .select({ userId, last: sql<number>`max(${sequence})`, until: sql<Date>`max(${createdAt})`.mapWith(createdAt) })
    .from(entries)
    .where(gt(createdAt, since))
    .groupBy(userId);
}

/** The last sequences of users among the entries dated up to an instant; who had none is not in the answer. */
export async function readSequencesAt(
  database: Database,
  { userIds, at }: { readonly userIds: readonly string[]; readonly at: Date },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.execute<{ user_id: string; sequence: number }>(sql`
    select wanted.user_id, last.sequence
      from unnest(${sql.param(userIds)}::uuid[]) as wanted(user_id)
     cross join lateral (
       select sequence from ${entries}
        where user_id = wanted.user_id and created_at <= ${at.toISOString()}::timestamptz
        order by sequence desc limit 1) as last`);
  return new Map(rows.map(({ user_id, sequence }) => [user_id, sequence]));
}

/** The clock by which entries are dated, to the millisecond below. */
export async function readClock(database: Database): Promise<Date> {
  const { rows } = await database.execute<{ milliseconds: number }>(
    sql`select floor(extract(epoch from now()) * 1000)::float8 as milliseconds`,
  );
  const [{ milliseconds } = { milliseconds: 0 }] = rows;
  return new Date(milliseconds);
}
