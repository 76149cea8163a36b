import { and, count, eq, isNull, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { tokens } from './table.js';

/** Active JWT app tokens that no configured key verifies. */
export interface TokensOfUnknownKeys {
  readonly count: number;
  /** The `kid`s of the keys that signed them. */
  readonly keyIds: readonly string[];
}

/**
 * Finds the active app tokens in JWT format that none of the keys has signed. Tokens issued by release 0.1.0 are not
 * among them: it did not record the key.
 */
export async function findTokensOfUnknownKeys(
  database: Database,
  knownKeyIds: readonly string[],
): Promise<TokensOfUnknownKeys> {
  const rows = await database
    .select({ keyId: sql<string>`${tokens.keyId}`, count: count() })
    .from(tokens)
    .where(
      and(
        eq(tokens.format, sql`'JWT'`),
        isNull(tokens.revokedAt),
        notInArray(tokens.keyId, [...knownKeyIds]), // null is unknown, and not among them
        sql`coalesce(${tokens.expiresAt} > now(), true)`,
      ),
    )
    .groupBy(tokens.keyId);
  return {
    count: rows.reduce((sum, row) => sum + row.count, 0),
    keyIds: rows.map(({ keyId }) => keyId),
  };
}
