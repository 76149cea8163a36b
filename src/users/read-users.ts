import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { contains } from '../database/contains.js';
import { createReadPages, type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, isAnyKey, list } from '../database/read-by-key.js';
import { foldedUsername, users } from './table.js';
import { foldUsername, type User, type UserRef, userColumns } from './user.js';

/** Creates a read of users by id; concurrent reads share a statement. It finds deleted users too, which the ledger shows. */
export function createUserById(database: PreparedDatabase): (id: string) => Promise<User | undefined> {
  return createReadByKey(database, {
    name: 'users_by_id',
    select: database.select(userColumns).from(users).where(isAnyKey(users.id)),
    keyOf: (user) => user.id,
  });
}

/** Creates a read of active users by name, case-insensitive; concurrent reads share a statement. */
export function createUserByName(database: PreparedDatabase): (username: string) => Promise<User | undefined> {
  const read = createReadByKey(database, {
    name: 'users_by_name',
    select: database
      .select(userColumns)
      .from(users)
      .where(and(isAnyKey(foldedUsername, 'text'), isNull(users.deletedAt))),
    keyOf: (user) => foldUsername(user.username),
  });
  return (username) => read(foldUsername(username));
}

/** The active users of a list. */
export interface UserFilter {
  /** Part of the name, case-insensitive. */
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

/** A page of the active users whose names contain a text, by name. The key is the lower-case name. */
export async function searchUsers(
  database: Database,
  request: PageRequest<[string]>,
  search: string,
): Promise<Page<User>> {
  const [afterName] = request.after ?? [];
  const rows = await database
    .select(userColumns)
    .from(users)
    .where(and(isActive({ search }), afterName === undefined ? undefined : gt(foldedUsername, afterName)))
    .orderBy(asc(foldedUsername))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** The number of active users. */
export async function countUsers(database: Database, filter: UserFilter): Promise<number> {
  return await database.$count(users, isActive(filter));
}

/** The condition for an active user. */
export function isUser(ref: UserRef): SQL {
  const named = ref.id === undefined ? eq(foldedUsername, foldUsername(ref.username)) : eq(users.id, ref.id);
  return sql`${named} and ${users.deletedAt} is null`;
}

function isActive({ search }: UserFilter): SQL | undefined {
  return and(isNull(users.deletedAt), search === undefined ? undefined : contains(users.username, search));
}
