/** Reads single entries of the ledger, and what is not needed to show one: who made it, and what reversed it. */
import { sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare, type Select } from '../database/prepare.js';
import { createReadLists, type Listed, list } from '../database/read-by-key.js';
import { type Entry, type EntryRef, entryColumns } from './entry.js';
import { refValues, wantedRefs } from './entry-refs.js';
import { entries } from './table.js';

/** Who made an entry, with which token and under which key. */
export type EntryOrigin = Pick<typeof entries.$inferSelect, keyof typeof originColumns>;

const originColumns = { ownerId: entries.ownerId, tokenId: entries.tokenId, idempotencyKey: entries.idempotencyKey };

const isWanted = sql`${entries.userId} = wanted.user_id and ${entries.sequence} = wanted.sequence`;

const reversesWanted = sql`${entries.userId} = wanted.user_id and ${entries.reverses} = wanted.sequence`;

/** Creates a read of entries; concurrent reads share a statement. */
export function createEntryByRef(database: PreparedDatabase): (ref: EntryRef) => Promise<Entry | undefined> {
  const select = database.select({ list, row: entryColumns }).from(wantedRefs()).innerJoin(entries, isWanted);
  return createReadOne(database, 'entries_by_ref', select);
}

/** Creates a read of the entries that reverse others, by the reversed one; concurrent reads share a statement. */
export function createReversalOf(database: PreparedDatabase): (ref: EntryRef) => Promise<Entry | undefined> {
  const select = database.select({ list, row: entryColumns }).from(wantedRefs()).innerJoin(entries, reversesWanted);
  return createReadOne(database, 'reversals_by_ref', select);
}

/** Creates a read of where entries came from that are in the ledger; concurrent reads share a statement. */
export function createOriginOf(database: PreparedDatabase): (ref: EntryRef) => Promise<EntryOrigin> {
  const select = database.select({ list, row: originColumns }).from(wantedRefs()).innerJoin(entries, isWanted);
  const read = createReadOne<EntryOrigin>(database, 'origins_by_ref', select);
  return async (ref) => {
    const origin = await read(ref);
    if (origin === undefined) throw new Error('An entry is no longer in the ledger.');
    return origin;
  };
}

function createReadOne<Row>(
  database: PreparedDatabase,
  name: string,
  select: Select<Listed<Row>>,
): (ref: EntryRef) => Promise<Row | undefined> {
  const read = prepare(database, name, select);
  const readLists = createReadLists<EntryRef, Row>((refs) => read(refValues(refs)));
  return async (ref) => (await readLists(ref))[0];
}
