import type { PooledDatabase } from '../database/connect.js';
import { limitsIfAny, type Token, tokenState } from '../tokens/token.js';
import { createUserById } from '../users/read-users.js';

/** A token as `--json` shows it: the fields of the API's `Token`, with scopes as they read outside GraphQL. */
export type DescribedToken = Awaited<ReturnType<ReturnType<typeof createDescribeToken>>>;

/** Describes tokens; the users of those described together are read together. */
export function createDescribeToken(database: PooledDatabase) {
  const userById = createUserById(database);
  const named = async (id: string) => ({ id, username: (await userById(id))?.username ?? null });
  return async (token: Token) => {
    const { id, name, format, hint, scopes, issuedAt, expiresAt, lastUsedAt, revokedAt, pausedAt } = token;
    const [owner, issuedBy] = await Promise.all([named(token.ownerId), token.issuedById && named(token.issuedById)]);
    return {
      id,
      name,
      format,
      hint,
      scopes,
      owner,
      issuedBy,
      issuedAt,
      expiresAt,
      lastUsedAt,
      revokedAt,
      pausedAt,
      state: tokenState(token),
      limits: limitsIfAny(token),
      networks: token.networks,
    };
  };
}
