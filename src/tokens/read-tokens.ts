import { and, count, desc, eq, lt, or, type SQL, type Subquery, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { countUpTo, MAX_COUNT, nextRows, planAlone } from '../database/filtered-list.js';
import { createReadPages, type ListRequest, type Page, type PageRequest, page, pagesOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, createReadCount, isAnyKey, list } from '../database/read-by-key.js';
import { foldAscii, foldLetters, matches } from '../database/search.js';
import { users } from '../users/table.js';
import { tokenDocuments, tokens, tokenUsage } from './table.js';
import { type Token, type TokenState, tokenColumns } from './token.js';

/** The tokens of a list. */
export interface TokenFilter {
  readonly ownerId?: string | undefined;
  readonly state?: TokenState | undefined;
  /** Part of its name, or of its owner's, or the beginning if it has one or two characters; case-insensitive. */
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

/** A token, as a transaction that has locked it leaves it. */
export async function readLockedToken(transaction: Database, id: string): Promise<Token> {
  const [token] = await tokensWithUsage(transaction).where(eq(tokens.id, id));
  if (token === undefined) throw new Error('A token was deleted, which no code does.');
  return token;
}

/** The number of operations that a token runs; 0: any. */
export async function countDocuments(database: Database, { rootId }: Token): Promise<number> {
  return await database.$count(tokenDocuments, eq(tokenDocuments.rootId, rootId));
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

/**
 * A page of all tokens, ended ones included, newest first. The key is the id. What no index has in this order is found
 * among the next tokens if it is frequent, and otherwise by the indexes of expiry, of names and of owners.
 */
export async function listTokens(
  database: Database,
  { first, after }: PageRequest<[string]>,
  filter: TokenFilter,
): Promise<Page<Token>> {
  const max = first + 1;
  const next = { ...filter, isNext: after === undefined ? undefined : lt(tokens.id, after[0]) };
  const read = async (rows: Subquery | typeof tokens, where?: SQL) =>
    await database
      .select(tokenColumns)
      .from(rows)
      .leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id))
      .where(where)
      .orderBy(desc(tokens.id))
      .limit(max);
  if (isInOrder(filter)) return page(await read(tokens, isListed(next)), first);
  const near = await read(nextTokens(next), isFound(filter));
  if (near.length === max) return page(near, first);
  const found = planAlone(foundIds(next, max));
  const ids = sql`select id from (${found}) as found order by id desc limit ${sql.raw(String(max))}`; // known to be few
  return page(await read(tokens, sql`${tokens.id} in (${ids})`), first);
}

/** The number of such tokens; with a filter up to 10,000. */
export async function countTokens(database: Database, filter: TokenFilter): Promise<number> {
  const { ownerId, state, search } = filter;
  if (ownerId === undefined && state === undefined && search === undefined) return await database.$count(tokens);
  return await countUpTo(database, planAlone(foundIds(filter, MAX_COUNT)));
}

function tokensWithUsage(database: Database) {
  return database.select(tokenColumns).from(tokens).leftJoin(tokenUsage, eq(tokenUsage.tokenId, tokens.id));
}

/** The tokens of a list after a cursor. */
interface NextTokens extends TokenFilter {
  readonly isNext?: SQL | undefined;
}

/** Whether an index has the tokens in the order of the list. None can have those of a state that depends on the time. */
function isInOrder({ state, search }: TokenFilter): boolean {
  return search === undefined && (state === undefined || state === 'REVOKED');
}

function isListed({ isNext, ownerId, state }: NextTokens): SQL | undefined {
  return and(
    isNext,
    ownerId === undefined ? undefined : eq(tokens.ownerId, ownerId),
    state === undefined ? undefined : IN_STATE[state],
  );
}

/** Whether a token of a list has the state and is found by the search; its owner is looked up by id, a single one once. */
function isFound({ ownerId, state, search }: TokenFilter): SQL | undefined {
  const isOfOwner = (text: string) =>
    sql`(select ${isOwnerFound(text)} from ${users} where ${users.id} = ${ownerId ?? tokens.ownerId})`;
  return and(
    state === undefined ? undefined : IN_STATE[state],
    search === undefined ? undefined : or(isNameFound(search), isOfOwner(search)),
  );
}

/** The next tokens of a list, those that an index leaves out left out. */
function nextTokens({ state, ...next }: NextTokens): Subquery {
  const inOrder = isInOrder({ state }) ? { ...next, state } : next;
  return nextRows(tokens, isListed(inOrder), sql`${tokens.id} desc`);
}

/**
 * The ids of the tokens that a filter finds: by the index of names, and of each owner whose name matches the newest `max`.
 * Those of a single owner are read one by one.
 */
function foundIds(next: NextTokens, max: number): SQL {
  const isNext = isListed(next);
  const { ownerId, search } = next;
  if (search === undefined) return sql`select ${tokens.id} from ${tokens} where ${isNext}`;
  if (ownerId !== undefined) return sql`select ${tokens.id} from ${tokens} where ${and(isNext, isFound(next))}`;
  const ofOwners = sql`select token.id from (select ${users.id} from ${users} where ${isOwnerFound(search)}) as owner
    cross join lateral (
      select ${tokens.id} from ${tokens}
        where ${and(sql`${tokens.ownerId} = owner.id`, isNext, sql`not ${isNameFound(search)}`)}
        order by ${desc(tokens.id)} limit ${max}) as token`;
  return sql`select ${tokens.id} from ${tokens} where ${and(isNext, isNameFound(search))} union all ${ofOwners}`;
}

const isNameFound = (search: string) => matches(sql`${tokens.name}`, search, [foldAscii, foldLetters]);

/** Deleted users are owners too. */
const isOwnerFound = (search: string) => matches(sql`${users.username}`, search, [foldAscii]);

const IN_STATE: Readonly<Record<TokenState, SQL>> = {
  ACTIVE: sql`${tokens.revokedAt} is null and ${tokens.pausedAt} is null and (${tokens.expiresAt} is null or ${tokens.expiresAt} > now())`,
  PAUSED: sql`${tokens.revokedAt} is null and ${tokens.pausedAt} is not null and (${tokens.expiresAt} is null or ${tokens.expiresAt} > now())`,
  EXPIRED: sql`${tokens.revokedAt} is null and ${tokens.expiresAt} <= now()`,
  REVOKED: sql`${tokens.revokedAt} is not null`,
};
