import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Coordinate } from '../auth/permissions.js';
import type { PooledDatabase } from '../database/connect.js';
import { lockUsers } from '../users/lock-users.js';
import { lockToken } from './lock-token.js';
import { readLockedToken } from './read-tokens.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens } from './table.js';
import type { Token } from './token.js';

/** Names a token: by its id, or by the hash of its secret. */
export type TokenRef = { readonly id: string } | { readonly secretHash: Buffer };

/**
 * Revokes a token: every node rejects it from the next request on.
 *
 * Revoking twice is no error: the caller wants the token revoked, and it is (RFC 7009, section 2.2). The first `revokedAt`
 * stays, since audits ask when access really ended.
 *
 * @param coordinate the field that revokes it.
 * @returns the token; undefined when none was issued with that id or secret.
 * @throws CredentialEnded, ScopesMissing where there is a token to revoke. Nothing was changed.
 */
export async function revokeToken(
  database: PooledDatabase,
  ref: TokenRef,
  actor: Actor,
  coordinate: Coordinate,
): Promise<Token | undefined> {
  const isNamed = 'secretHash' in ref ? eq(tokens.secretHash, ref.secretHash) : eq(tokens.id, ref.id);
  const key = 'id' in ref ? ref.id : ref.secretHash.toString('hex');
  return await database.keyedTransactions.run({ key, recheck: actor.recheck }, async (transaction) => {
    const [named] = await transaction.select({ id: tokens.id, ownerId: tokens.ownerId }).from(tokens).where(isNamed);
    if (named === undefined) return undefined;
    const { id: tokenId, ownerId } = named;
    await lockUsers(transaction, actor, { kept: [ownerId] });
    const locked = await lockToken(transaction, tokenId, actor);
    if (locked.revokedAt === null) {
      await requireLiveCredential(transaction, { actor, coordinate, ownerId });
      await transaction.update(tokens).set({ revokedAt: sql`now()` }).where(eq(tokens.id, tokenId));
      await record(transaction, actor, { action: 'TOKEN_REVOKED', tokenId, subjectId: ownerId });
    }
    return await readLockedToken(transaction, tokenId);
  });
}

/**
 * Revokes the token that has this secret; see {@link revokeToken}.
 *
 * @returns the token; undefined when none was issued with that secret.
 * @throws CredentialEnded, ScopesMissing where there is a token to revoke. Nothing was changed.
 */
export async function revokeTokenBySecret(
  { database, jwts }: { readonly database: PooledDatabase; readonly jwts: Jwts },
  secret: string,
  actor: Actor,
  coordinate: Coordinate,
): Promise<Token | undefined> {
  const ref = namedBySecret(secret, jwts);
  return ref && (await revokeToken(database, ref, actor, coordinate));
}

/** The token that a secret belongs to, undefined for a text without the form of one. A JWT names its token by `jti`. */
function namedBySecret(secret: string, jwts: Jwts): TokenRef | undefined {
  if (isSecret(secret)) return { secretHash: hashSecret(secret) };
  const claims = jwts.read(secret);
  return claims?.sid === undefined && claims !== undefined ? { id: claims.jti } : undefined;
}
