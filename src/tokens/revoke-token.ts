import { asc, eq, inArray, or, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import type { PooledDatabase } from '../database/connect.js';
import { type Permission, requireLiveCredential } from '../users/live-credential.js';
import { lockUsers } from '../users/lock-user.js';
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
 * @param permission undefined: no scope was needed, as for a token that revokes itself or one that was leaked.
 * @returns the token; undefined when none was issued with that id or secret.
 * @throws CredentialEnded, ScopesMissing where there is a token to revoke. Nothing was changed.
 */
export async function revokeToken(
  database: PooledDatabase,
  ref: TokenRef,
  actor: Actor,
  permission?: Permission,
): Promise<Token | undefined> {
  const isNamed = 'secretHash' in ref ? eq(tokens.secretHash, ref.secretHash) : eq(tokens.id, ref.id);
  const key = 'id' in ref ? ref.id : ref.secretHash.toString('hex');
  await database.keyedTransactions.run({ key, recheck: actor.recheck }, async (transaction) => {
    if (permission !== undefined) await lockUsers(transaction, [], actor);
    const own = actor.credential.kind === 'APP' ? [actor.credential.tokenId] : [];
    const locked = await transaction
      .select({
        tokenId: tokens.id,
        subjectId: tokens.ownerId,
        revokedAt: tokens.revokedAt,
        isNamed: sql<boolean>`${isNamed}`,
      })
      .from(tokens)
      .where(or(isNamed, inArray(tokens.id, own)))
      .orderBy(asc(tokens.id))
      .for('no key update');
    const named = locked.find((token) => token.isNamed);
    if (named === undefined || named.revokedAt !== null) return; // nothing to change, also for a token that was revoked
    await requireLiveCredential(transaction, actor, permission);
    const { tokenId, subjectId } = named;
    await transaction.update(tokens).set({ revokedAt: sql`now()` }).where(eq(tokens.id, tokenId));
    await record(transaction, actor, { action: 'TOKEN_REVOKED', tokenId, subjectId });
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
