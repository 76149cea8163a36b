import { entries } from './table.js';

/** One line of the ledger, without what only the ledger itself needs. */
export type Entry = Pick<typeof entries.$inferSelect, keyof typeof entryColumns>;

/** The columns of an {@link Entry}. */
export const entryColumns = {
  userId: entries.userId,
  sequence: entries.sequence,
  kind: entries.kind,
  delta: entries.delta,
  balanceAfter: entries.balanceAfter,
  reason: entries.reason,
  reverses: entries.reverses,
  createdAt: entries.createdAt,
};

/** Names an entry: whose, and the how manieth. There is no other key, so that writing one needs no second index. */
export interface EntryRef {
  readonly userId: string;
  readonly sequence: number;
}

const ENTRY_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,9})$/;

/** The id that clients know an entry by. */
export function entryId({ userId, sequence }: EntryRef): string {
  return `${userId}.${sequence}`;
}

/** The entry that an id names; undefined when it has not the form of one. */
export function parseEntryId(id: string): EntryRef | undefined {
  const [, userId, digits] = ENTRY_ID.exec(id) ?? [];
  const sequence = Number(digits);
  return userId !== undefined && sequence <= MOST_SEQUENCE ? { userId, sequence } : undefined;
}

/** GraphQL's Int and PostgreSQL's integer end here. */
export const MOST_SEQUENCE = 2 ** 31 - 1;
