import { eq, sql } from 'drizzle-orm';
import { InvalidCredential } from '../auth/errors.js';
import type { AppPrincipal } from '../auth/principal.js';
import { inOrder } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { createLane } from '../database/lane.js';
import { users } from '../users/table.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens } from './table.js';

/**
 * Makes the check of an app token's secret: one look-up by its hash, those of one turn of the event loop in one
 * statement. Nothing is remembered between requests, so that a revoked token is refused from the next one on.
 *
 * The check throws InvalidCredential; a text with a wrong checksum is refused without a look-up.
 */
export function createVerifyToken(database: Database): (secret: string) => Promise<AppPrincipal> {
  const statement = database
    .select({
      hash: tokens.secretHash,
      id: tokens.id,
      name: tokens.name,
      scopes: tokens.scopes,
      expiresAt: tokens.expiresAt,
      isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= now(), false)`,
      isRevoked: sql<boolean>`${tokens.revokedAt} is not null or ${users.deletedAt} is not null`,
      ownerId: tokens.ownerId,
      username: users.username,
    })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.ownerId))
    .where(sql`${tokens.secretHash} = any(${sql.placeholder('hashes')}::bytea[])`)
    .prepare('tokens_by_secret');

  const find = createLane({
    maxBatch: 1_000,
    maxQueue: 10_000,
    run: async (hashes: readonly Buffer[]) => {
      const rows = await statement.execute({ hashes });
      const found = new Map(rows.map((row) => [row.hash.toString('base64'), row]));
      return hashes.map((hash) => found.get(hash.toString('base64')));
    },
  });

  return async (secret) => {
    const row = isSecret(secret) ? await find(hashSecret(secret)) : undefined;
    if (row === undefined) throw new InvalidCredential('TOKEN_INVALID');
    if (row.isRevoked) throw new InvalidCredential('TOKEN_REVOKED');
    if (row.isExpired) throw new InvalidCredential('TOKEN_EXPIRED');
    return {
      kind: 'APP',
      tokenId: row.id,
      tokenName: row.name,
      userId: row.ownerId,
      username: row.username,
      scopes: inOrder(row.scopes),
      expiresAt: row.expiresAt,
    };
  };
}
