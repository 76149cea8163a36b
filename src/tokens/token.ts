import { sql } from 'drizzle-orm';
import type { TokenLimits } from './limits.js';
import { tokens, tokenUsage } from './table.js';

/** What of the stored token is not shown. `rootId` is never null. */
type Hidden = 'secretHash' | 'successorId' | 'keyId' | 'signedExpiresAt' | 'rootId' | 'networks';

/** A token as it may be shown. `isExpired` is by the database's clock, when it was read. */
export type Token = Omit<typeof tokens.$inferSelect, Hidden> & {
  /** The first token of its rotations. */
  rootId: string;
  /** CIDR blocks; empty: from anywhere. */
  networks: readonly string[];
  lastUsedAt: Date | null;
  isExpired: boolean;
};

/** The token whose counters and documents a token uses. */
const rootId = sql<string>`coalesce(${tokens.rootId}, ${tokens.id})`;

/** The networks as a list, empty for any. */
export const networkList = sql<readonly string[]>`to_json(coalesce(${tokens.networks}, '{}')::text[])`;

/** The columns of the limits. */
export const limitColumns = {
  maxPointsPerChange: tokens.maxPointsPerChange,
  maxAddedPerDay: tokens.maxAddedPerDay,
  maxSpentPerDay: tokens.maxSpentPerDay,
  maxAddedPerUserPerDay: tokens.maxAddedPerUserPerDay,
  maxSpentPerUserPerDay: tokens.maxSpentPerUserPerDay,
  requestsPerMinute: tokens.requestsPerMinute,
};

/** The limits among the values of a token; null for those that are absent. */
export function limitsOf(token: { readonly [Limit in keyof TokenLimits]?: number | null | undefined }): TokenLimits {
  return {
    maxPointsPerChange: token.maxPointsPerChange ?? null,
    maxAddedPerDay: token.maxAddedPerDay ?? null,
    maxSpentPerDay: token.maxSpentPerDay ?? null,
    maxAddedPerUserPerDay: token.maxAddedPerUserPerDay ?? null,
    maxSpentPerUserPerDay: token.maxSpentPerUserPerDay ?? null,
    requestsPerMinute: token.requestsPerMinute ?? null,
  };
}

/** The limits of a token; null: it has none. */
export function limitsIfAny(token: TokenLimits): TokenLimits | null {
  const limits = limitsOf(token);
  return Object.values(limits).every((max) => max === null) ? null : limits;
}

/** CIDR blocks as an array of PostgreSQL. */
export function arrayOfNetworks(networks: readonly string[]): string {
  return `{${networks.join(',')}}`;
}

/** The columns of a {@link Token}, from `tokens` joined to `token_usage`. */
export const tokenColumns = {
  id: tokens.id,
  name: tokens.name,
  format: tokens.format,
  hint: tokens.hint,
  scopes: tokens.scopes,
  ownerId: tokens.ownerId,
  issuedById: tokens.issuedById,
  issuedAt: tokens.issuedAt,
  expiresAt: tokens.expiresAt,
  revokedAt: tokens.revokedAt,
  rootId,
  pausedAt: tokens.pausedAt,
  ...limitColumns,
  networks: networkList,
  hasDocuments: tokens.hasDocuments,
  lastUsedAt: tokenUsage.lastUsedAt,
  isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= now(), false)`,
};

/** The state of a token. */
export type TokenState = 'ACTIVE' | 'PAUSED' | 'EXPIRED' | 'REVOKED';

/** Of several states that apply, the one that lasts. */
export function tokenState(token: Token): TokenState {
  if (token.revokedAt !== null) return 'REVOKED';
  if (token.isExpired) return 'EXPIRED';
  return token.pausedAt === null ? 'ACTIVE' : 'PAUSED';
}
