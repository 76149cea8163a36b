import { desc, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import {
  createReadPages,
  type ListRequest,
  type Page,
  type PageRequest,
  page,
  pagesOf,
  rowsOf,
} from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, createReadLists, isAnyKey, list } from '../database/read-by-key.js';
import { foldedUsername, users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';
import { type Entry, type EntryRef, entryColumns } from './entry.js';
import { refValues, wantedRefs } from './entry-refs.js';
import { MAX_POINTS } from './limits.js';
import { balances, entries } from './table.js';

/** A user's points, and the sequence of the last entry, which is the number of entries. */
export interface Balance {
  readonly points: number;
  readonly sequence: number;
}

/** Creates a read of balances by user id; concurrent reads share a statement. */
export function createBalanceOf(database: PreparedDatabase): (userId: string) => Promise<Balance | undefined> {
  return createReadByKey(database, {
    name: 'balances_of_users',
    select: database
      .select({ userId: balances.userId, points: balances.points, sequence: balances.sequence })
      .from(balances)
      .where(isAnyKey(balances.userId)),
    keyOf: (balance) => balance.userId,
  });
}

/** Creates a read of entries by user id and sequence; concurrent reads share a statement. */
export function createEntryByRef(database: PreparedDatabase): (ref: EntryRef) => Promise<Entry | undefined> {
  const read = prepare(
    database,
    'entries_by_ref',
    database
      .select({ list, row: entryColumns })
      .from(wantedRefs())
      .innerJoin(entries, sql`${entries.userId} = wanted.user_id and ${entries.sequence} = wanted.sequence`),
  );
  const readLists = createReadLists<EntryRef, Entry>((refs) => read(refValues(refs)));
  return async (ref) => (await readLists(ref))[0];
}

/** Creates a read of pages of users' ledgers, newest first. The key is the sequence. */
export function createEntriesOf(database: PreparedDatabase): (request: ListRequest<[number]>) => Promise<Page<Entry>> {
  const { requests, rows, order } = pagesOf(entries, { of: entries.userId, key: entries.sequence });
  const select = database
    .select({ list, row: entryColumns })
    .from(requests)
    .crossJoinLateral(rows)
    .orderBy(...order);
  return createReadPages(prepare(database, 'entries_of_users', select));
}

/** A page of the entries of all users, newest first. The key is the user id and the sequence. */
export async function listEntries(database: Database, request: PageRequest<[string, number]>): Promise<Page<Entry>> {
  const [userId, sequence] = request.after ?? [null, null];
  const rows = await database
    .select(entryColumns)
    .from(rowsOf(entries, sql`select * from entries_before(${request.first + 1}, ${userId}, ${sequence})`))
    .orderBy(desc(entries.createdAt), desc(entries.userId), desc(entries.sequence));
  return page(rows, request.first);
}

/**
 * A page of the active users by points, highest first, equal points by name. The key is the points and the lower-case name.
 */
export async function listLeaders(database: Database, request: PageRequest<[number, string]>): Promise<Page<Leader>> {
  const [points, name] = request.after ?? [MAX_POINTS + 1, ''];
  const rows = await database
    .select({ ...userColumns, points: sql<number>`leaders.points`.mapWith(Number) })
    .from(sql`leaders(${request.first + 1}, ${points}, ${name})`)
    // One by one: PostgreSQL takes the function for 1,000 rows, and would read all users for them.
    .crossJoinLateral(rowsOf(users, sql`select * from ${users} where ${users.id} = leaders.user_id offset 0`))
    .orderBy(sql`leaders.points desc`, foldedUsername);
  return page(rows, request.first);
}

/** A user with the points by which they were ranked. */
export type Leader = User & { readonly points: number };
