import { MAX_SEQUENCE } from './limits.js';
import { entries } from './table.js';

/** An entry of the ledger, without what only the ledger itself needs. */
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
  recordedAt: entries.recordedAt,
  effectiveAt: entries.effectiveAt,
  reference: entries.reference,
  metadata: entries.metadata,
  hold: entries.hold,
  counterpartUserId: entries.counterpartUserId,
  counterpartSequence: entries.counterpartSequence,
};

/** When the change was made: before it was written, if it was imported. */
export function madeAt({ recordedAt, effectiveAt }: Pick<Entry, 'recordedAt' | 'effectiveAt'>): Date {
  return effectiveAt ?? recordedAt;
}

/** Identifies an entry by user id and sequence number. It has no other key, so that writing one needs no second index. */
export interface EntryRef {
  readonly userId: string;
  readonly sequence: number;
}

/** The other entry of a transfer, or of its reversal; undefined: there is none. */
export function counterpartRef({
  counterpartUserId: userId,
  counterpartSequence: sequence,
}: Pick<Entry, 'counterpartUserId' | 'counterpartSequence'>): EntryRef | undefined {
  return userId === null || sequence === null ? undefined : { userId, sequence };
}

const ENTRY_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,9})$/;

/** The id of an entry in the API. */
export function entryId({ userId, sequence }: EntryRef): string {
  return `${userId}.${sequence}`;
}

/** The entry that an id names; undefined where it does not have the form of one. */
export function parseEntryId(id: string): EntryRef | undefined {
  const [, userId, digits] = ENTRY_ID.exec(id) ?? [];
  const sequence = Number(digits);
  return userId !== undefined && sequence <= MAX_SEQUENCE ? { userId, sequence } : undefined;
}
