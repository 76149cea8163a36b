import { scopeLabel } from '../../../auth/scope.js';
import type { TokenRowFragment } from '../../generated.js';
import type { Order } from '../lists/list-tools.js';
import type { CsvFormat } from '../lists/use-export.js';

/** Tokens as CSV, without secrets: the server does not store them. */
export const TOKEN_CSV: CsvFormat<TokenRowFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'name', cell: ({ name }) => name },
    { title: 'ownerId', cell: ({ owner }) => owner.id },
    { title: 'owner', cell: ({ owner }) => owner.username },
    { title: 'state', cell: ({ state }) => state },
    { title: 'scopes', cell: ({ scopes }) => scopes.map(scopeLabel).join(' ') },
    { title: 'format', cell: ({ format }) => format },
    { title: 'hint', cell: ({ hint }) => hint },
    { title: 'issuedAt', cell: ({ issuedAt }) => issuedAt },
    { title: 'lastUsedAt', cell: ({ lastUsedAt }) => lastUsedAt },
    { title: 'expiresAt', cell: ({ expiresAt }) => expiresAt },
    { title: 'pausedAt', cell: ({ pausedAt }) => pausedAt },
    { title: 'revokedAt', cell: ({ revokedAt }) => revokedAt },
  ],
  at: ({ issuedAt }) => issuedAt,
};

const { compare } = new Intl.Collator('en', { numeric: true });

/** Sort keys for a time; null comes last. */
const ascending = (at: string | null | undefined) => (at ? Date.parse(at) : Number.MAX_VALUE);
const descending = (at: string | null | undefined) => (at ? -Date.parse(at) : 0);

/** Orders besides that of the API, newest first. */
export const TOKEN_ORDERS: readonly Order<TokenRowFragment>[] = [
  { label: 'By name', compare: (one, other) => compare(one.name, other.name) },
  { label: 'By owner', compare: (one, other) => compare(one.owner.username, other.owner.username) },
  {
    label: 'Last used first',
    compare: (one, other) => descending(one.lastUsedAt) - descending(other.lastUsedAt),
  },
  { label: 'Expiring first', compare: (one, other) => ascending(one.expiresAt) - ascending(other.expiresAt) },
];
