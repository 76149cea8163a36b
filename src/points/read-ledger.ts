import { and, asc, eq, lte, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { NO_ID } from '../input.js';
import { tokens } from '../tokens/table.js';
import { externalIds, users } from '../users/table.js';
import { type EntryRef, entryColumns } from './entry.js';
import { entries } from './table.js';

/** An entry with every stored field, the names of its user, the other user, owner and token, and an id of the user elsewhere. */
export type LedgerEntry = Awaited<ReturnType<typeof readPage>>[number];

const MAX_PER_PAGE = 1_000;

/** What is read of the ledger. */
interface LedgerSelection {
  /** Whose entries; absent: those of all users. */
  readonly userId?: string;
  /** Only entries with a greater sequence; 0 by default. */
  readonly afterSequence?: number;
  /** The system whose ids of users are read as `external`; absent: `external` is null. */
  readonly issuer?: string | undefined;
}

/** Reads the ledger page by page, by user and sequence. */
export async function* readLedger(
  database: Database,
  { userId, afterSequence = 0, issuer }: LedgerSelection = {},
): AsyncGenerator<readonly LedgerEntry[], void> {
  let after: EntryRef = { userId: userId ?? NO_ID, sequence: afterSequence };
  for (;;) {
    const page = await readPage(database, { after, lastUserId: userId ?? MAX, issuer });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < MAX_PER_PAGE) return;
    after = last;
  }
}

const owners = alias(users, 'owners');
const counterparts = alias(users, 'counterparts');

interface PageBounds {
  readonly after: EntryRef;
  readonly lastUserId: string;
  readonly issuer: string | undefined;
}

async function readPage(database: Database, { after: { userId, sequence }, lastUserId, issuer }: PageBounds) {
  return await database
    .select({
      ...entryColumns,
      username: users.username,
      external: issuer === undefined ? sql<null>`null` : firstExternalId(issuer),
      owner: owners.username,
      counterpartUsername: counterparts.username,
      token: tokens.name,
      idempotencyKey: entries.idempotencyKey,
    })
    .from(entries)
    .leftJoin(users, eq(users.id, entries.userId))
    .leftJoin(owners, eq(owners.id, entries.ownerId))
    .leftJoin(counterparts, eq(counterparts.id, entries.counterpartUserId))
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

/** The id in another system that was first linked to the user of an entry. */
function firstExternalId(issuer: string): SQL<string | null> {
  return sql`(
    select ${externalIds.externalId} from ${externalIds}
     where ${externalIds.userId} = ${entries.userId} and ${externalIds.issuer} = ${issuer}
     order by ${externalIds.linkedAt}, ${externalIds.externalId} limit 1)`;
}
