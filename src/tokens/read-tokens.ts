import { and, count, desc, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { contains } from '../database/contains.js';
import { createReadPages, type ListRequest, type Page, type PageRequest, page, pagesOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, createReadCount, isAnyKey, list } from '../database/read-by-key.js';
import { users } from '../users/table.js';
import { tokens, tokenUsage } from './table.js';
import { type Token, type TokenState, tokenColumns } from './token.js';

/** The tokens of a list. */
export interface TokenFilter {
  readonly ownerId?: string | undefined;
  readonly state?: TokenState | undefined;
  /** Part of its name, or of its owner's, case-insensitive. */
  readonly search?: string | undefined;
}

/** Creates a read of tokens by id; concurrent reads share a statement. */
export function createTokenById(database: PreparedDatabase): (id: string) => Promise<Token | undefined> {
  return createReadByKey(database, {
    name: 'tokens_by_id',
    select: tokensWithUsage(database).where(isAnyKey(tokens.id)),
    keyOf: (token) => token.id,
  });
}

/** Creates a read of pages of owners' tokens, newest first. The key is the id. */
export function createTokensOf(database: PreparedDatabase): (request: ListRequest<[string]>) => Promise<Page<Token>> {
  const { requests, rows, order } = pagesOf(tokens, { of: tokens.ownerId, key: tokens.id });
  const select = database
    .select({ list, row: tokenColumns })
    .from(requests)
    .crossJoinLateral(rows)
    .leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id))
    .orderBy(...order);
  return createReadPages(prepare(database, 'tokens_of_owners', select));
}

/** Creates a count of owners' tokens. */
export function createTokenCountOf(database: PreparedDatabase): (ownerId: string) => Promise<number> {
  return createReadCount(database, {
    name: 'token_counts_of_owners',
    select: database
      .select({ of: tokens.ownerId, count: count() })
      .from(tokens)
      .where(isAnyKey(tokens.ownerId))
      .groupBy(tokens.ownerId),
  });
}

/** A page of all tokens, ended ones included, newest first. The key is the id. */
export async function listTokens(
  database: Database,
  request: PageRequest<[string]>,
  filter: TokenFilter,
): Promise<Page<Token>> {
  const [afterId] = request.after ?? [];
  const rows = await tokensWithUsage(database)
    .where(and(matches(database, filter), afterId === undefined ? undefined : lt(tokens.id, afterId)))
    .orderBy(desc(tokens.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** The number of such tokens. */
export async function countTokens(database: Database, filter: TokenFilter): Promise<number> {
  return await database.$count(tokens, matches(database, filter));
}

function tokensWithUsage(database: Database) {
  return database.select(tokenColumns).from(tokens).leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id));
}

function matches(database: Database, { ownerId, state, search }: TokenFilter): SQL | undefined {
  return and(
    ownerId === undefined ? undefined : eq(tokens.ownerId, ownerId),
    state === undefined ? undefined : IN_STATE[state],
    search === undefined ? undefined : or(contains(tokens.name, search), isOwnedByMatch(database, search)),
  );
}

function isOwnedByMatch(database: Database, search: string): SQL {
  const owners = database.select({ id: users.id }).from(users).where(contains(users.username, search));
  return inArray(tokens.ownerId, owners);
}

const IN_STATE: Readonly<Record<TokenState, SQL>> = {
  ACTIVE: sql`${tokens.revokedAt} is null and coalesce(${tokens.expiresAt} > now(), true)`,
  EXPIRED: sql`${tokens.revokedAt} is null and ${tokens.expiresAt} <= now()`,
  REVOKED: sql`${tokens.revokedAt} is not null`,
};
