import { sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import { inOrder, type Scope } from '../auth/scope.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { UserNotFound } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import { requireFutureEnd } from './end.js';
import type { TokenLimits } from './limits.js';
import { generateSecret, hashSecret, hintOf } from './secret.js';
import { tokenDocuments, tokens } from './table.js';
import { arrayOfNetworks, limitsOf, type Token, tokenColumns } from './token.js';

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
  /** Null: none. */
  readonly limits: TokenLimits | null;
  /** 1 to 50 CIDR blocks; null: from anywhere. */
  readonly networks: readonly string[] | null;
  /** The texts of the only operations that it runs; empty: any. */
  readonly documents: readonly string[];
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
    requireFutureEnd(token.expiresAt, owner.now);
    const hasDocuments = token.documents.length > 0;
    const insertion = {
      ...token,
      ...token.limits,
      hasDocuments,
      rootId: null,
      issuedById: actor.userId,
      now: owner.now,
    };
    const issued = await insertToken({ transaction, jwts }, insertion);
    await insertDocuments(transaction, issued.token.id, token.documents);
    await record(transaction, actor, { action: 'TOKEN_ISSUED', tokenId: issued.token.id, subjectId: owner.id });
    return issued;
  });
}

/** What is stored of a token beside its secret. */
interface StoredToken
  extends Omit<NewToken, 'limits' | 'documents'>,
    Partial<TokenLimits>,
    Pick<Token, 'issuedById' | 'hasDocuments'> {
  /** The first token of its rotations; null: this one. */
  readonly rootId: string | null;
}

/** Generates the secret of a token and stores the rest. The transaction has locked the owner, and began at `now`. */
export async function insertToken(
  { transaction, jwts }: Pick<TokenIssuer, 'jwts'> & { readonly transaction: Database },
  token: StoredToken & { readonly now: number },
): Promise<IssuedToken> {
  const id = uuid();
  const scopes = inOrder(token.scopes);
  const secret = token.format === 'OPAQUE' ? generateSecret() : sign(jwts, { ...token, id, scopes });
  const isJwt = token.format === 'JWT';
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
      keyId: isJwt ? jwts?.keyId : null,
      signedExpiresAt: isJwt ? token.expiresAt : null,
      rootId: token.rootId,
      ...limitsOf(token),
      networks: token.networks && arrayOfNetworks(token.networks),
      hasDocuments: token.hasDocuments,
    })
    .returning({ ...tokenColumns, lastUsedAt: sql<null>`null` });
  if (issued === undefined) throw new Error('The insertion of a token returned no row.');
  return { secret, token: issued };
}

async function insertDocuments(transaction: Database, rootId: string, documents: readonly string[]): Promise<void> {
  if (documents.length === 0) return;
  const rows = documents.map((text, index) => ({ rootId, position: index + 1, text }));
  await transaction.insert(tokenDocuments).values(rows);
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
