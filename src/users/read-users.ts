import { and, asc, eq, gt, isNull, type SQL, type Subquery, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { countUpTo, nextRows, planAlone } from '../database/filtered-list.js';
import { createReadPages, type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, isAnyKey, list } from '../database/read-by-key.js';
import { beginsWith, foldAscii, isPrefix, matches } from '../database/search.js';
import { foldedUsername, users } from './table.js';
import { foldUsername, type User, userColumns } from './user.js';

/** Creates a read of users by id; concurrent reads share a statement. It finds deleted users too, which the ledger shows. */
export function createUserById(database: PreparedDatabase): (id: string) => Promise<User | undefined> {
  return createReadByKey(database, {
    name: 'users_by_id',
    select: database.select(userColumns).from(users).where(isAnyKey(users.id)),
    keyOf: (user) => user.id,
  });
}

/** The lower-case names that a statement reads by, as rows `wanted(name)`. */
export const wantedUsernames = sql`unnest(${sql.placeholder('keys')}::text[]) as wanted(name)`;

/**
 * The active user with a wanted name, to be joined laterally as `users`. Compared as a range: for names of a list PostgreSQL 15
 * prefers the index of trigrams, which knows only equality and finds every user whose name has the same parts. In order, so that
 * no plan without the index of names is cheap.
 */
export function wantedUser(database: PreparedDatabase) {
  const isNamed = sql`${foldedUsername} >= wanted.name and ${foldedUsername} <= wanted.name`;
  return database
    .select(userColumns)
    .from(users)
    .where(and(isNamed, isNull(users.deletedAt)))
    .orderBy(foldedUsername)
    .limit(1)
    .as('users');
}

/** Creates a read of active users by name, case-insensitive; concurrent reads share a statement. */
export function createUserByName(database: PreparedDatabase): (username: string) => Promise<User | undefined> {
  const read = createReadByKey(database, {
    name: 'users_by_name',
    select: database.select(userColumns).from(wantedUsernames).crossJoinLateral(wantedUser(database)),
    keyOf: (user) => foldUsername(user.username),
  });
  return (username) => read(foldUsername(username));
}

/** The active users of a list. */
export interface UserFilter {
  /** Part of the name, or its beginning if it has one or two characters; case-insensitive. */
  readonly search?: string | undefined;
}

/** Creates a read of pages of the active users, by name. The key is the lower-case name. */
export function createLivingUsers(database: PreparedDatabase): (request: PageRequest<[string]>) => Promise<Page<User>> {
  const select = database
    .select({ list, row: userColumns })
    .from(
      sql`unnest(${sql.placeholder('after')}::text[], ${sql.placeholder('limit')}::int[])
        with ordinality as wanted(after, max_rows, list)`,
    )
    .crossJoinLateral(
      rowsOf(
        users,
        sql`select * from ${users}
          where ${users.deletedAt} is null and ${foldedUsername} > coalesce(wanted.after, '')
          order by ${foldedUsername} limit wanted.max_rows`,
      ),
    )
    .orderBy(list, asc(foldedUsername));
  const read = createReadPages<User, string>(prepare(database, 'living_users', select));
  return (request) => read({ ...request, of: '' });
}

/**
 * A page of the active users that a search finds, by name. The key is the lower-case name. A short search is a range of
 * the list; of another one, frequent matches are found among the next users, rare ones by their trigrams.
 */
export async function searchUsers(
  database: Database,
  { first, after }: PageRequest<[string]>,
  search: string,
): Promise<Page<User>> {
  const isNext = and(isActive, after === undefined ? undefined : gt(foldedUsername, after[0]));
  const read = async (rows: Subquery | typeof users, where?: SQL) =>
    await database
      .select(userColumns)
      .from(rows)
      .where(where)
      .orderBy(asc(foldedUsername))
      .limit(first + 1);
  const isFound = matchesUsername(search);
  if (isPrefix(search)) return page(await read(users, and(isNext, isFound)), first);
  const near = await read(nextRows(users, isNext, foldedUsername), isFound);
  if (near.length > first) return page(near, first);
  const found = sql`select * from ${users} where ${and(isNext, isFound)}`;
  return page(await read(rowsOf(users, planAlone(found))), first);
}

/** The number of active users; of those that a search finds up to 10,000. */
export async function countUsers(database: Database, { search }: UserFilter): Promise<number> {
  if (search === undefined) return await database.$count(users, isActive);
  return await countUpTo(
    database,
    planAlone(sql`select from ${users} where ${and(isActive, matchesUsername(search))}`),
  );
}

function matchesUsername(search: string): SQL {
  return isPrefix(search) ? beginsWith(foldedUsername, search) : matches(sql`${users.username}`, search, [foldAscii]);
}

/** The condition for an active user. */
export function isUser(ref: { readonly id: string } | { readonly username: string }): SQL {
  const named = 'id' in ref ? eq(users.id, ref.id) : eq(foldedUsername, foldUsername(ref.username));
  return sql`${named} and ${users.deletedAt} is null`;
}

const isActive = isNull(users.deletedAt);
