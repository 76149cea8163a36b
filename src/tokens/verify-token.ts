import { eq, sql } from 'drizzle-orm';
import { type AppClaims, untimely } from '../auth/jwt.js';
import type { AppPrincipal } from '../auth/principal.js';
import { REJECTIONS, type Rejection } from '../auth/rejection.js';
import type { Restrictions } from '../auth/restrictions.js';
import { inOrder, isScope, type Scope } from '../auth/scope.js';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { seconds } from '../database/seconds.js';
import { users } from '../users/table.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens } from './table.js';
import type { TokenUsage } from './token-usage.js';

/** Finds the principal of an app token, by its secret or by the claims of its JWT, whose signature has been verified. */
export interface VerifyToken {
  readonly secret: (secret: string) => Promise<AppPrincipal | Rejection>;
  readonly appToken: (claims: AppClaims) => Promise<AppPrincipal | Rejection>;
}

/**
 * Creates the check of app tokens: one look-up of the token; concurrent checks share a statement. Nothing is kept between
 * requests, so that a revoked token is rejected from the next request on; only its use is recorded.
 *
 * A secret with a wrong checksum is rejected without a look-up.
 */
export function createVerifyToken(database: PreparedDatabase, usage: TokenUsage): VerifyToken {
  const findBySecret = createReadByKey(database, {
    name: 'tokens_by_secret',
    select: select(database).where(isAnyKey(tokens.secretHash)),
    keyOf: ({ secretHash }) => bytea(secretHash),
  });
  const findById = createReadByKey(database, {
    name: 'tokens_by_jti',
    select: select(database).where(isAnyKey(tokens.id)),
    keyOf: ({ id }) => id,
  });

  const decide = (row: Row): AppPrincipal | Rejection => {
    if (row.isRevoked) return REJECTIONS.TOKEN_REVOKED;
    if (row.isExpired) return REJECTIONS.TOKEN_EXPIRED;
    if (row.isPaused) return REJECTIONS.TOKEN_PAUSED;
    usage.note(row.id, row.now);
    return {
      kind: 'APP',
      tokenId: row.id,
      tokenName: row.name,
      userId: row.ownerId,
      username: row.username,
      scopes: row.scopes,
      storedTerms: row.storedTerms,
      restrictions: row.restrictions,
      expiresAt: row.expiresAt,
    };
  };

  return {
    secret: async (secret) => {
      const row = isSecret(secret) ? await findBySecret(bytea(hashSecret(secret))) : undefined;
      return row === undefined ? REJECTIONS.TOKEN_INVALID : decide(row);
    },
    // By its id and not by its text: a signature can be written in more than one way.
    appToken: async (claims) => {
      const row = await findById(claims.jti);
      if (row?.format !== 'JWT' || row.ownerId !== claims.sub) return REJECTIONS.TOKEN_INVALID;
      const fault = row.isRevoked ? undefined : untimely(claims, row.now);
      return fault === undefined ? decide(row) : REJECTIONS[fault];
    },
  };
}

const columns = {
  secretHash: tokens.secretHash,
  id: tokens.id,
  name: tokens.name,
  format: tokens.format,
  scopes: sql`${tokens.scopes}::text`.mapWith(readScopes),
  storedTerms: sql<string>`terms_of(${tokens})`,
  restrictions: sql<Restrictions | null>`restrictions_of(${tokens})`,
  expiresAt: tokens.expiresAt,
  isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= now(), false)`,
  isPaused: sql<boolean>`${tokens.pausedAt} is not null`,
  isRevoked: sql<boolean>`${tokens.revokedAt} is not null or ${users.deletedAt} is not null`,
  ownerId: tokens.ownerId,
  username: users.username,
  now: seconds(sql`now()`),
};

type Row = Awaited<ReturnType<typeof select>>[number];

function select(database: Database) {
  return database.select(columns).from(tokens).innerJoin(users, eq(users.id, tokens.ownerId));
}

/** Reads an array of PostgreSQL; no scope has a character that it would quote. In the order of the enum. */
function readScopes(text: string): readonly Scope[] {
  return inOrder(text.slice(1, -1).split(',').filter(isScope));
}

/** Bytes as PostgreSQL writes them. */
function bytea(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
