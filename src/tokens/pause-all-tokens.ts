import { and, isNull, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { tokens } from './table.js';

/**
 * Pauses every token that was not revoked, including those that are replaced by rotation and valid for a while yet.
 *
 * @returns how many were not paused before.
 */
export async function pauseAllTokens(transaction: Database): Promise<number> {
  const { rowCount } = await transaction
    .update(tokens)
    .set({ pausedAt: sql`now()` })
    .where(and(isNull(tokens.revokedAt), isNull(tokens.pausedAt)));
  return rowCount ?? 0;
}
