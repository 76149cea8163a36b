import { and, asc, eq, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { NO_ID } from '../input.js';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import { type EntryRef, entryColumns } from './entry.js';
import { entries } from './table.js';

/** An entry with every stored field, and the names of its user, owner and token. */
export type LedgerEntry = Awaited<ReturnType<typeof readPage>>[number];

const MAX_PER_PAGE = 1_000;

/** Reads the ledger page by page, by user and sequence: the entries of all users, or those of one after a sequence. */
export async function* readLedger(
  database: Database,
  userId?: string,
  afterSequence = 0,
): AsyncGenerator<readonly LedgerEntry[], void> {
  let after: EntryRef = { userId: userId ?? NO_ID, sequence: afterSequence };
  for (;;) {
    const page = await readPage(database, { after, lastUserId: userId ?? MAX });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < MAX_PER_PAGE) return;
    after = last;
  }
}

const owners = alias(users, 'owners');

interface PageBounds {
  readonly after: EntryRef;
  readonly lastUserId: string;
}

async function readPage(database: Database, { after: { userId, sequence }, lastUserId }: PageBounds) {
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
        lte(entries.userId, lastUserId),
      ),
    )
    .orderBy(asc(entries.userId), asc(entries.sequence))
    .limit(MAX_PER_PAGE);
}
