import { eq, type SQL, sql } from 'drizzle-orm';
import { type AppClaims, untimely } from '../auth/jwt.js';
import type { AppPrincipal } from '../auth/principal.js';
import { REJECTIONS, type Rejection } from '../auth/rejection.js';
import { inOrder, isScope, type Scope } from '../auth/scope.js';
import { createLane } from '../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { seconds } from '../database/seconds.js';
import { users } from '../users/table.js';
import { hashSecret, isSecret } from './secret.js';
import { tokens } from './table.js';
import type { TokenUsage } from './token-usage.js';

/** Finds out what an app token may do, by its secret or by the claims of its JWT, whose signature has been verified. */
export interface VerifyToken {
  readonly secret: (secret: string) => Promise<AppPrincipal | Rejection>;
  readonly appToken: (claims: AppClaims) => Promise<AppPrincipal | Rejection>;
}

/**
 * Makes the check of app tokens: one look-up of the token, those of one turn of the event loop in one statement. Nothing
 * is remembered between requests, so that a revoked token is refused from the next one on; only its use is noted.
 *
 * A text with a wrong checksum is rejected without a look-up.
 */
export function createVerifyToken(database: PooledDatabase, usage: TokenUsage): VerifyToken {
  const findBySecret = createFind(database, {
    name: 'tokens_by_secret',
    isWanted: sql`${tokens.secretHash} = any(${sql.placeholder('keys')}::bytea[])`,
    keyOf: ({ secretHash }) => bytea(secretHash),
  });
  const findById = createFind(database, {
    name: 'tokens_by_jti',
    isWanted: sql`${tokens.id} = any(${sql.placeholder('keys')}::uuid[])`,
    keyOf: ({ id }) => id,
  });

  const judge = (row: Row): AppPrincipal | Rejection => {
    if (row.isRevoked) return REJECTIONS.TOKEN_REVOKED;
    if (row.isExpired) return REJECTIONS.TOKEN_EXPIRED;
    usage.note(row.id, row.now);
    return {
      kind: 'APP',
      tokenId: row.id,
      tokenName: row.name,
      userId: row.ownerId,
      username: row.username,
      scopes: row.scopes,
      expiresAt: row.expiresAt,
    };
  };

  return {
    secret: async (secret) => {
      const row = isSecret(secret) ? await findBySecret(bytea(hashSecret(secret))) : undefined;
      return row === undefined ? REJECTIONS.TOKEN_INVALID : judge(row);
    },
    // By its id and not by its text: a signature can be written in more than one way.
    appToken: async (claims) => {
      const row = await findById(claims.jti);
      if (row?.format !== 'JWT' || row.ownerId !== claims.sub) return REJECTIONS.TOKEN_INVALID;
      const fault = row.isRevoked ? undefined : untimely(claims, row.now);
      return fault === undefined ? judge(row) : REJECTIONS[fault];
    },
  };
}

const columns = {
  secretHash: tokens.secretHash,
  id: tokens.id,
  name: tokens.name,
  format: tokens.format,
  scopes: sql`${tokens.scopes}::text`.mapWith(readScopes),
  expiresAt: tokens.expiresAt,
  isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= now(), false)`,
  isRevoked: sql<boolean>`${tokens.revokedAt} is not null or ${users.deletedAt} is not null`,
  ownerId: tokens.ownerId,
  username: users.username,
  now: seconds(sql`now()`),
};

function createFind(
  database: PooledDatabase,
  { name, isWanted, keyOf }: { name: string; isWanted: SQL; keyOf: (row: Row) => string },
): (key: string) => Promise<Row | undefined> {
  const readRows = prepare(database, name, select(database).where(isWanted));
  return createLane({
    maxBatch: 1_000,
    maxQueue: 10_000,
    run: async (keys: readonly string[]) => {
      const found = new Map((await readRows({ keys: [...new Set(keys)] })).map((row) => [keyOf(row), row]));
      return keys.map((key) => found.get(key));
    },
  });
}

type Row = Awaited<ReturnType<typeof select>>[number];

function select(database: Database) {
  return database.select(columns).from(tokens).innerJoin(users, eq(users.id, tokens.ownerId));
}

/** The scopes of tokens that were read, by their text: there are few different ones, and one is read per request. */
const read = new Map<string, readonly Scope[]>();
const MOST_READ = 1_000;

/** Reads an array of PostgreSQL's; none of the scopes has a character that it would quote. In the enum's order. */
function readScopes(text: string): readonly Scope[] {
  const known = read.get(text);
  if (known !== undefined) return known;
  if (read.size >= MOST_READ) read.clear();
  const scopes = inOrder(text.slice(1, -1).split(',').filter(isScope));
  read.set(text, scopes);
  return scopes;
}

/** Bytes as PostgreSQL writes them. */
function bytea(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
