import { eq, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens, tokenUsage } from './table.js';
import { type Token, tokenColumns } from './token.js';

/** Names a token: by its id, or by the secret itself. */
export type TokenRef = { readonly id: string } | { readonly secret: string };

/**
 * Revokes a token: every node refuses it from the next request on.
 *
 * Revoking twice is no error: the caller wants the token dead, and it is (RFC 7009, section 2.2). The first `revokedAt`
 * stays, since audits ask when access really ended.
 *
 * @returns the token; undefined when none was issued with that id or secret.
 */
export async function revokeToken(database: Database, ref: TokenRef): Promise<Token | undefined> {
  if ('secret' in ref && !isSecret(ref.secret)) return undefined;
  const isNamed = 'secret' in ref ? eq(tokens.secretHash, hashSecret(ref.secret)) : eq(tokens.id, ref.id);
  await database
    .update(tokens)
    .set({ revokedAt: sql`coalesce(${tokens.revokedAt}, now())` })
    .where(isNamed);
  const [token] = await database
    .select(tokenColumns)
    .from(tokens)
    .leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id))
    .where(isNamed);
  return token;
}
