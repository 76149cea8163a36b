import type { EntryRowFragment } from '../../generated.js';
import type { CsvColumn } from '../lists/csv.js';
import type { CsvFormat } from '../lists/use-export.js';

const COLUMNS: readonly CsvColumn<EntryRowFragment>[] = [
  { title: 'id', cell: ({ id }) => id },
  { title: 'userId', cell: ({ user }) => user.id },
  { title: 'user', cell: ({ user }) => user.username },
  { title: 'sequence', cell: ({ sequence }) => sequence },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'points', cell: ({ delta }) => delta },
  { title: 'balanceAfter', cell: ({ balanceAfter }) => balanceAfter },
  { title: 'reason', cell: ({ reason }) => reason },
  { title: 'reference', cell: ({ reference }) => reference },
  { title: 'metadata', cell: ({ metadata }) => metadataJson(metadata) },
  { title: 'reverses', cell: ({ reverses }) => reverses?.id },
  { title: 'reversedBy', cell: ({ reversedBy }) => reversedBy?.id },
  { title: 'counterpart', cell: ({ counterpart }) => counterpart?.id },
  { title: 'counterpartUserId', cell: ({ counterpartUser }) => counterpartUser?.id },
  { title: 'counterpartUser', cell: ({ counterpartUser }) => counterpartUser?.username },
  { title: 'hold', cell: ({ hold }) => hold?.id },
  { title: 'byId', cell: ({ by }) => by?.id },
  { title: 'by', cell: ({ by }) => by?.username },
  { title: 'tokenId', cell: ({ token }) => token?.id },
  { title: 'token', cell: ({ token }) => token?.name },
  { title: 'idempotencyKey', cell: ({ idempotencyKey }) => idempotencyKey },
  { title: 'createdAt', cell: ({ createdAt }) => createdAt },
  { title: 'recordedAt', cell: ({ recordedAt }) => recordedAt },
];

/** Entries of one user, which the API orders by the time of the change. */
export const HISTORY_CSV: CsvFormat<EntryRowFragment> = { columns: COLUMNS, at: ({ createdAt }) => createdAt };

/** Entries of all users, which the API orders by the time of writing. */
export const LEDGER_CSV: CsvFormat<EntryRowFragment> = { columns: COLUMNS, at: ({ recordedAt }) => recordedAt };

/** Metadata as `scrip ledger export` writes it, so that it can be imported; empty if there is none. */
export function metadataJson(items: EntryRowFragment['metadata']): string {
  return items.length === 0 ? '' : JSON.stringify(items.map(({ key, value }) => ({ key, value })));
}
