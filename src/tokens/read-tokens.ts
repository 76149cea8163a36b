import { and, count, desc, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { createLane } from '../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { contains } from '../database/contains.js';
import {
  createCountLane,
  createListLane,
  type ListRequest,
  type Page,
  type PageRequest,
  page,
  rowsOf,
} from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { users } from '../users/table.js';
import { tokens, tokenUsage } from './table.js';
import { type Token, type TokenState, tokenColumns } from './token.js';

/** Which tokens a list holds. */
export interface TokenFilter {
  readonly ownerId?: string | undefined;
  readonly state?: TokenState | undefined;
  /** Part of its name, or of its owner's, without regard to case. */
  readonly search?: string | undefined;
}

/** Reads tokens by id, those asked for together in one statement. */
export function createTokenById(database: PooledDatabase): (id: string) => Promise<Token | undefined> {
  const readRows = prepare(
    database,
    'tokens_by_id',
    tokensWithUsage(database).where(sql`${tokens.id} = any(${sql.placeholder('ids')}::uuid[])`),
  );
  return createLane<string, Token | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (ids) => {
      const found = new Map((await readRows({ ids: [...new Set(ids)] })).map((token) => [token.id, token]));
      return ids.map((id) => found.get(id));
    },
  });
}

/** Reads pages of owners' tokens, newest first. The key is the id. */
export function createTokensOf(database: PooledDatabase): (request: ListRequest<[string]>) => Promise<Page<Token>> {
  const readRows = prepare(
    database,
    'tokens_of_owners',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: tokenColumns })
      .from(
        sql`unnest(${sql.placeholder('of')}::uuid[], ${sql.placeholder('after')}::uuid[], ${sql.placeholder('most')}::int[])
          with ordinality as wanted(owner_id, after, most, list)`,
      )
      .crossJoinLateral(
        rowsOf(
          tokens,
          sql`select * from ${tokens}
            where ${tokens.ownerId} = wanted.owner_id and (wanted.after is null or ${tokens.id} < wanted.after)
            order by ${tokens.id} desc limit wanted.most`,
        ),
      )
      .leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id))
      .orderBy(sql`wanted.list`, desc(tokens.id)),
  );
  return createListLane((wanted) => readRows(wanted));
}

/** Counts owners' tokens. */
export function createTokenCountOf(database: PooledDatabase): (ownerId: string) => Promise<number> {
  const readRows = prepare(
    database,
    'token_counts_of_owners',
    database
      .select({ of: tokens.ownerId, count: count() })
      .from(tokens)
      .where(sql`${tokens.ownerId} = any(${sql.placeholder('owners')}::uuid[])`)
      .groupBy(tokens.ownerId),
  );
  return createCountLane((owners) => readRows({ owners }));
}

/** A page of the tokens that were ever issued, newest first. The key is the id. */
export async function listTokens(
  database: Database,
  request: PageRequest<[string]>,
  filter: TokenFilter,
): Promise<Page<Token>> {
  const [afterId] = request.after ?? [];
  const rows = await tokensWithUsage(database)
    .where(and(fits(database, filter), afterId === undefined ? undefined : lt(tokens.id, afterId)))
    .orderBy(desc(tokens.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** How many such tokens there are. */
export async function countTokens(database: Database, filter: TokenFilter): Promise<number> {
  const [row] = await database.select({ count: count() }).from(tokens).where(fits(database, filter));
  return row?.count ?? 0;
}

function tokensWithUsage(database: Database) {
  return database.select(tokenColumns).from(tokens).leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id));
}

function fits(database: Database, { ownerId, state, search }: TokenFilter): SQL | undefined {
  return and(
    ownerId === undefined ? undefined : eq(tokens.ownerId, ownerId),
    state === undefined ? undefined : IN_STATE[state],
    search === undefined ? undefined : or(contains(tokens.name, search), isOwnedByOne(database, search)),
  );
}

function isOwnedByOne(database: Database, search: string): SQL {
  const owners = database.select({ id: users.id }).from(users).where(contains(users.username, search));
  return inArray(tokens.ownerId, owners);
}

const IN_STATE: Readonly<Record<TokenState, SQL>> = {
  ACTIVE: sql`${tokens.revokedAt} is null and coalesce(${tokens.expiresAt} > now(), true)`,
  EXPIRED: sql`${tokens.revokedAt} is null and ${tokens.expiresAt} <= now()`,
  REVOKED: sql`${tokens.revokedAt} is not null`,
};
