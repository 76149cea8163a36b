import { eq, gt, sql } from 'drizzle-orm';
import type { Database, PooledDatabase } from '../../database/connect.js';
import { rowsOf } from '../../database/page.js';
import { prepare } from '../../database/prepare.js';
import { createReadLists, list } from '../../database/read-by-key.js';
import { type Entry, type EntryRef, entryColumns } from '../entry.js';
import { refValues, wantedRefs } from '../entry-refs.js';
import { SequenceAhead } from '../errors.js';
import { entries } from '../table.js';

/** The maximum number of entries that one read returns. */
const MAX_ENTRIES = 100;

/** References of one statement. */
const MAX_BATCH = 200;

/**
 * Creates a read of the entries after an entry, oldest first, up to 100; concurrent reads share a statement. The entry
 * itself is read with them, to see that the ledger still has it.
 *
 * @returns a function that throws SequenceAhead where the ledger ends before the entry.
 */
export function createEntriesAfter(database: PooledDatabase): (ref: EntryRef) => Promise<readonly Entry[]> {
  const read = prepare(
    database,
    'entries_after',
    database
      .select({ list, row: entryColumns })
      .from(wantedRefs())
      .crossJoinLateral(
        rowsOf(
          entries,
          sql`select * from ${entries}
            where ${entries.userId} = wanted.user_id and ${entries.sequence} >= wanted.sequence
            order by ${entries.sequence} limit ${sql.raw(String(MAX_ENTRIES + 1))}`,
        ),
      )
      .orderBy(list, entries.sequence),
  );
  const entriesFrom = createReadLists<EntryRef, Entry>((refs) => read(refValues(refs)), MAX_BATCH);
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
  /** The date of the newest entry, to the millisecond below. */
  readonly until: Date;
}

/** Finds the users whose ledgers grew since an instant, by the dates of entries: their index bounds the search. */
export async function findGrowth(database: Database, since: Date): Promise<Growth[]> {
  const { userId, sequence, recordedAt } = entries;
  return await database
    .select({ userId, last: sql<number>`max(${sequence})`, until: sql<Date>`max(${recordedAt})`.mapWith(recordedAt) })
    .from(entries)
    .where(gt(recordedAt, since))
    .groupBy(userId);
}

/** The last sequences of users among the entries dated up to an instant; a user without one is not in the result. */
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
