import { sql } from 'drizzle-orm';
import { tokens, tokenUsage } from './table.js';

/** A token as it may be shown. `isExpired` is by the database's clock, when it was read. */
export type Token = Omit<typeof tokens.$inferSelect, 'secretHash' | 'successorId' | 'keyId'> & {
  lastUsedAt: Date | null;
  isExpired: boolean;
};

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
  lastUsedAt: tokenUsage.lastUsedAt,
  isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= now(), false)`,
};

/** The state of a token. */
export type TokenState = 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** A token that is both revoked and expired is REVOKED, which was decided. */
export function tokenState(token: Token): TokenState {
  if (token.revokedAt !== null) return 'REVOKED';
  return token.isExpired ? 'EXPIRED' : 'ACTIVE';
}
