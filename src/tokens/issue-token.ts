import { v7 as uuid } from 'uuid';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import { inOrder, type Scope } from '../auth/scope.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { UserNotFound } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import { generateSecret, hashSecret, hintOf } from './secret.js';
import { tokens } from './table.js';
import type { Token } from './token.js';

/** The dependencies of issuing tokens. */
export interface TokenIssuer {
  readonly database: PooledDatabase;
  /** undefined: this process holds no keys, and issues opaque tokens only. */
  readonly jwts: Jwts | undefined;
}

/** A token to issue. `name` and `scopes` have been checked: 1 to 100 characters, at least one, each held by the issuer. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly ownerId: string;
  readonly format: Token['format'];
  /** In the future; null: never. */
  readonly expiresAt: Date | null;
}

/** A token with its secret, which is stored nowhere. */
export interface IssuedToken {
  readonly secret: string;
  readonly token: Token;
}

/**
 * Issues a token.
 *
 * @throws UserNotFound when there is no such owner; BadUserInput for an end that the database's clock has passed;
 *   CredentialEnded, ScopesMissing. Nothing was issued.
 */
export async function issueToken({ database, jwts }: TokenIssuer, token: NewToken, actor: Actor): Promise<IssuedToken> {
  return await database.keyedTransactions.run({ key: token.ownerId, recheck: actor.recheck }, async (transaction) => {
    // Locked: otherwise the owner could be deleted, and their tokens revoked, before the insertion.
    const locked = await lockUsers(transaction, actor, { kept: [token.ownerId] });
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.issueToken' });
    const owner = locked.get(token.ownerId);
    if (owner === undefined) throw new UserNotFound();
    if (token.expiresAt !== null && !isAhead(token.expiresAt, owner.now)) {
      throw new BadUserInput('input.expiresAt', 'A token ends in the future, and before the year 10000.');
    }
    const insertion = { ...token, issuedById: actor.userId, now: owner.now };
    const issued = await insertToken({ transaction, jwts }, insertion);
    await record(transaction, actor, { action: 'TOKEN_ISSUED', tokenId: issued.token.id, subjectId: owner.id });
    return issued;
  });
}

/** Generates the secret of a token and stores the rest. The transaction has locked the owner, and began at `now`. */
export async function insertToken(
  { transaction, jwts }: Pick<TokenIssuer, 'jwts'> & { readonly transaction: Database },
  token: NewToken & Pick<Token, 'issuedById'> & { readonly now: number },
): Promise<IssuedToken> {
  const id = uuid();
  const scopes = inOrder(token.scopes);
  const secret = token.format === 'OPAQUE' ? generateSecret() : sign(jwts, { ...token, id, scopes });
  const [issued] = await transaction
    .insert(tokens)
    .values({
      id,
      name: token.name,
      format: token.format,
      secretHash: hashSecret(secret),
      hint: hintOf(secret),
      scopes,
      ownerId: token.ownerId,
      issuedById: token.issuedById,
      expiresAt: token.expiresAt,
      keyId: token.format === 'JWT' ? jwts?.keyId : null,
    })
    .returning();
  if (issued === undefined) throw new Error('The insertion of a token returned no row.');
  const { secretHash: _hash, successorId: _successor, keyId: _key, ...kept } = issued;
  return { secret, token: { ...kept, lastUsedAt: null, isExpired: false } };
}

function sign(
  jwts: Jwts | undefined,
  token: Pick<Token, 'id' | 'ownerId' | 'scopes' | 'expiresAt'> & { readonly now: number },
): string {
  if (jwts === undefined) throw new Error('A process without keys was asked to sign a token.');
  return jwts.sign({
    sub: token.ownerId,
    jti: token.id,
    scope: token.scopes.join(' '),
    iat: Math.floor(token.now),
    exp: token.expiresAt === null ? undefined : Math.ceil(token.expiresAt.getTime() / 1000),
  });
}

function isAhead(instant: Date, now: number): boolean {
  return instant.getTime() > now * 1000 && instant.getUTCFullYear() < 10_000;
}
