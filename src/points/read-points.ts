import { desc, sql } from 'drizzle-orm';
import { createLane } from '../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { createListLane, type ListRequest, type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { foldedUsername, users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';
import { type Entry, type EntryRef, entryColumns } from './entry.js';
import { balances, entries, MOST_POINTS } from './table.js';

/** What a user has, and how many entries their ledger holds. */
export interface Balance {
  readonly points: number;
  readonly sequence: number;
}

/** Reads balances, those asked for together in one statement, never older than the question. */
export function createBalanceOf(database: PooledDatabase): (userId: string) => Promise<Balance | undefined> {
  const readRows = prepare(
    database,
    'balances_of_users',
    database
      .select({ userId: balances.userId, points: balances.points, sequence: balances.sequence })
      .from(balances)
      .where(sql`${balances.userId} = any(${sql.placeholder('ids')}::uuid[])`),
  );
  return createLane<string, Balance | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (ids) => {
      const found = new Map((await readRows({ ids: [...new Set(ids)] })).map((row) => [row.userId, row]));
      return ids.map((id) => found.get(id));
    },
  });
}

/** Reads entries by whose they are and which, those asked for together in one statement. */
export function createEntryByRef(database: PooledDatabase): (ref: EntryRef) => Promise<Entry | undefined> {
  const readRows = prepare(
    database,
    'entries_by_ref',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: entryColumns })
      .from(
        sql`unnest(${sql.placeholder('users')}::uuid[], ${sql.placeholder('sequences')}::int[])
          with ordinality as wanted(user_id, sequence, list)`,
      )
      .innerJoin(entries, sql`${entries.userId} = wanted.user_id and ${entries.sequence} = wanted.sequence`),
  );
  return createLane<EntryRef, Entry | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (refs) => {
      const rows = await readRows({
        users: refs.map((ref) => ref.userId),
        sequences: refs.map((ref) => ref.sequence),
      });
      const found = new Map(rows.map(({ list, row }) => [list, row]));
      return refs.map((_, index) => found.get(index + 1));
    },
  });
}

/** Reads pages of users' ledgers, newest first. The key is the sequence. */
export function createEntriesOf(database: PooledDatabase): (request: ListRequest<[number]>) => Promise<Page<Entry>> {
  const readRows = prepare(
    database,
    'entries_of_users',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: entryColumns })
      .from(
        sql`unnest(${sql.placeholder('of')}::uuid[], ${sql.placeholder('after')}::int[], ${sql.placeholder('most')}::int[])
          with ordinality as wanted(user_id, after, most, list)`,
      )
      .crossJoinLateral(
        rowsOf(
          entries,
          sql`select * from ${entries}
            where ${entries.userId} = wanted.user_id and (wanted.after is null or ${entries.sequence} < wanted.after)
            order by ${entries.sequence} desc limit wanted.most`,
        ),
      )
      .orderBy(sql`wanted.list`, desc(entries.sequence)),
  );
  return createListLane((wanted) => readRows(wanted));
}

/** A page of everybody's entries, newest first. The key is whose the entry is, and the sequence. */
export async function listEntries(database: Database, request: PageRequest<[string, number]>): Promise<Page<Entry>> {
  const [userId, sequence] = request.after ?? [null, null];
  const rows = await database
    .select(entryColumns)
    .from(rowsOf(entries, sql`select * from entries_before(${request.first + 1}, ${userId}, ${sequence})`))
    .orderBy(desc(entries.createdAt), desc(entries.userId), desc(entries.sequence));
  return page(rows, request.first);
}

/**
 * A page of the living users as they are now, most points first, equal points by name. The key is the points and the
 * lower-case name.
 */
export async function listLeaders(database: Database, request: PageRequest<[number, string]>): Promise<Page<Leader>> {
  const [points, name] = request.after ?? [MOST_POINTS + 1, ''];
  const rows = await database
    .select({ ...userColumns, points: sql<number>`leaders.points`.mapWith(Number) })
    .from(sql`leaders(${request.first + 1}, ${points}, ${name})`)
    .innerJoin(users, sql`${users.id} = leaders.user_id`)
    .orderBy(sql`leaders.points desc`, foldedUsername);
  return page(rows, request.first);
}

/** A user with the points by which they were ranked. */
export type Leader = User & { readonly points: number };
