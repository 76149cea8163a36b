import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { tokens } from './table.js';

/** Which tokens; each condition narrows the others. */
export interface WorkingTokens {
  readonly ownerId?: string | undefined;
  readonly issuedBefore?: Date | undefined;
}

/** Finds the tokens that have neither expired nor been revoked, paused ones too: their ids, oldest first. */
export async function findWorkingTokens(
  database: Database,
  { ownerId, issuedBefore }: WorkingTokens,
): Promise<readonly string[]> {
  const found = await database
    .select({ id: tokens.id })
    .from(tokens)
    .where(
      and(
        isNull(tokens.revokedAt),
        gt(sql`coalesce(${tokens.expiresAt}, 'infinity')`, sql`now()`),
        ownerId === undefined ? undefined : eq(tokens.ownerId, ownerId),
        issuedBefore === undefined ? undefined : lt(tokens.issuedAt, issuedBefore),
      ),
    )
    .orderBy(asc(tokens.id));
  return found.map(({ id }) => id);
}
