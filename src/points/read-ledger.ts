import { and, asc, eq, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { NO_ID } from '../input.js';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import { type EntryRef, entryColumns } from './entry.js';
import { entries } from './table.js';

/** An entry with all that is kept about it, and the names of whoever it names. */
export type Line = Awaited<ReturnType<typeof readSome>>[number];

const MOST = 1_000;

/** Reads the ledger from the first entry on, each user's in order, page by page: everybody's, or one user's. */
export async function* readLedger(database: Database, userId?: string): AsyncGenerator<readonly Line[], void> {
  let behind: EntryRef = { userId: userId ?? NO_ID, sequence: 0 };
  for (;;) {
    const lines = await readSome(database, { behind, last: userId ?? MAX });
    yield lines;
    const last = lines.at(-1);
    if (last === undefined || lines.length < MOST) return;
    behind = last;
  }
}

const owners = alias(users, 'owners');

async function readSome(database: Database, { behind, last }: { readonly behind: EntryRef; readonly last: string }) {
  const { userId, sequence } = behind;
  return await database
    .select({
      ...entryColumns,
      username: users.username,
      owner: owners.username,
      token: tokens.name,
      idempotencyKey: entries.idempotencyKey,
    })
    .from(entries)
    .leftJoin(users, eq(users.id, entries.userId))
    .leftJoin(owners, eq(owners.id, entries.ownerId))
    .leftJoin(tokens, eq(tokens.id, entries.tokenId))
    .where(
      and(
        sql`(${entries.userId}, ${entries.sequence}) > (${userId}::uuid, ${sequence}::integer)`,
        lte(entries.userId, last),
      ),
    )
    .orderBy(asc(entries.userId), asc(entries.sequence))
    .limit(MOST);
}
