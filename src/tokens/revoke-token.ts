import { and, eq, isNull, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import type { Database } from '../database/connect.js';
import { inTurn } from '../database/turns.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens, tokenUsage } from './table.js';
import { type Token, tokenColumns } from './token.js';

/** Names a token: by its id, or by the hash of its secret. */
export type TokenRef = { readonly id: string } | { readonly secretHash: Buffer };

/**
 * Revokes a token: every node refuses it from the next request on.
 *
 * Revoking twice is no error: the caller wants the token dead, and it is (RFC 7009, section 2.2). The first `revokedAt`
 * stays, since audits ask when access really ended.
 *
 * @returns the token; undefined when none was issued with that id or secret.
 */
export async function revokeToken(database: Database, ref: TokenRef, actor: Actor): Promise<Token | undefined> {
  const isNamed = 'secretHash' in ref ? eq(tokens.secretHash, ref.secretHash) : eq(tokens.id, ref.id);
  const key = 'id' in ref ? ref.id : ref.secretHash.toString('hex');
  await inTurn(database, { key, recheck: actor.recheck }, async (transaction) => {
    const [revoked] = await transaction
      .update(tokens)
      .set({ revokedAt: sql`now()` })
      .where(and(isNamed, isNull(tokens.revokedAt)))
      .returning({ tokenId: tokens.id, subjectId: tokens.ownerId });
    if (revoked !== undefined) await record(transaction, actor, { action: 'TOKEN_REVOKED', ...revoked });
  });
  const [token] = await database
    .select(tokenColumns)
    .from(tokens)
    .leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id))
    .where(isNamed);
  return token;
}

/** What the secret of a token names, if it has the form of one; a JWT by its id, however its signature is written. */
export function namedBySecret(secret: string, jwts: Jwts): TokenRef | undefined {
  if (isSecret(secret)) return { secretHash: hashSecret(secret) };
  const claims = jwts.read(secret);
  return claims?.sid === undefined && claims !== undefined ? { id: claims.jti } : undefined;
}
