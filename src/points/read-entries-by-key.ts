import { and, eq, sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import type { Entry } from './entry.js';
import { entries } from './table.js';

/** An idempotency key of a user's change. */
export interface EntryKey {
  readonly userId: string;
  readonly idempotencyKey: string;
}

/** An entry that was written under a key. */
export interface KeyedEntry extends EntryKey, Pick<Entry, 'sequence' | 'delta'> {}

/** Creates a read of the entries that were written under keys of one owner, in one statement and in any order. */
export function createReadEntriesByKey(database: PreparedDatabase, ownerId: string) {
  const wanted = sql`unnest(${sql.placeholder('users')}::uuid[], ${sql.placeholder('keys')}::text[])
    as wanted(user_id, idempotency_key)`;
  const select = database
    .select({
      userId: entries.userId,
      idempotencyKey: sql<string>`wanted.idempotency_key`,
      sequence: entries.sequence,
      delta: entries.delta,
    })
    .from(wanted)
    .innerJoin(
      entries,
      and(
        eq(entries.userId, sql`wanted.user_id`),
        eq(entries.ownerId, sql.placeholder('owner')),
        eq(entries.idempotencyKey, sql`wanted.idempotency_key`),
      ),
    );
  const read = prepare(database, 'entries_by_key', select);
  return async (keys: readonly EntryKey[]): Promise<readonly KeyedEntry[]> =>
    keys.length === 0
      ? []
      : await read({
          owner: ownerId,
          users: keys.map(({ userId }) => userId),
          keys: keys.map(({ idempotencyKey }) => idempotencyKey),
        });
}
