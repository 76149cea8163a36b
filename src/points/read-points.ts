import type { PreparedDatabase } from '../database/connect.js';
import { createReadPages, type ListRequest, type Page, pagesOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, isAnyKey, list } from '../database/read-by-key.js';
import { type Entry, entryColumns } from './entry.js';
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
