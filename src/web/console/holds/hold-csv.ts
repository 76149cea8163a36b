import type { HoldRowFragment } from '../../generated.js';
import type { CsvFormat } from '../lists/use-export.js';
import { metadataJson } from '../points/entry-csv.js';

/** Holds, which the API orders by the time when they were made. */
export const HOLD_CSV: CsvFormat<HoldRowFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'userId', cell: ({ user }) => user.id },
    { title: 'user', cell: ({ user }) => user.username },
    { title: 'points', cell: ({ points }) => points },
    { title: 'state', cell: ({ state }) => state },
    { title: 'captured', cell: ({ captured }) => captured },
    { title: 'reason', cell: ({ reason }) => reason },
    { title: 'reference', cell: ({ reference }) => reference },
    { title: 'metadata', cell: ({ metadata }) => metadataJson(metadata) },
    { title: 'entry', cell: ({ entry }) => entry?.id },
    { title: 'byId', cell: ({ by }) => by?.id },
    { title: 'by', cell: ({ by }) => by?.username },
    { title: 'tokenId', cell: ({ token }) => token?.id },
    { title: 'token', cell: ({ token }) => token?.name },
    { title: 'idempotencyKey', cell: ({ idempotencyKey }) => idempotencyKey },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
    { title: 'expiresAt', cell: ({ expiresAt }) => expiresAt },
    { title: 'endedAt', cell: ({ endedAt }) => endedAt },
  ],
  at: ({ createdAt }) => createdAt,
};
