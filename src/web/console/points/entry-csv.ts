import type { EntryRowFragment } from '../../generated.js';
import type { CsvFormat } from '../lists/use-export.js';

/** Ledger entries as CSV. */
export const ENTRY_CSV: CsvFormat<EntryRowFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'userId', cell: ({ user }) => user.id },
    { title: 'user', cell: ({ user }) => user.username },
    { title: 'sequence', cell: ({ sequence }) => sequence },
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'points', cell: ({ delta }) => delta },
    { title: 'balanceAfter', cell: ({ balanceAfter }) => balanceAfter },
    { title: 'reason', cell: ({ reason }) => reason },
    { title: 'reverses', cell: ({ reverses }) => reverses?.id },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
  ],
  at: ({ createdAt }) => createdAt,
};
