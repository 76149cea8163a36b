import { and, asc, count, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { createLane } from '../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { contains } from '../database/contains.js';
import { createListLane, type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { foldedUsername, users } from './table.js';
import { foldUsername, type User, type UserRef, userColumns } from './user.js';

/** Reads users by id, those asked for together in one statement; deleted ones too, since the ledger shows them. */
export function createUserById(database: PooledDatabase): (id: string) => Promise<User | undefined> {
  const readRows = prepare(
    database,
    'users_by_id',
    database
      .select(userColumns)
      .from(users)
      .where(sql`${users.id} = any(${sql.placeholder('ids')}::uuid[])`),
  );
  return createLane<string, User | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (ids) => {
      const found = new Map((await readRows({ ids: [...new Set(ids)] })).map((user) => [user.id, user]));
      return ids.map((id) => found.get(id));
    },
  });
}

/** Reads living users by name, without regard to case, those asked for together in one statement. */
export function createUserByName(database: PooledDatabase): (username: string) => Promise<User | undefined> {
  const readRows = prepare(
    database,
    'users_by_name',
    database
      .select(userColumns)
      .from(users)
      .where(and(sql`${foldedUsername} = any(${sql.placeholder('names')}::text[])`, isNull(users.deletedAt))),
  );
  return createLane<string, User | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (names) => {
      const wanted = names.map(foldUsername);
      const rows = await readRows({ names: [...new Set(wanted)] });
      const found = new Map(rows.map((user) => [foldUsername(user.username), user]));
      return wanted.map((name) => found.get(name));
    },
  });
}

/** Which living users a list holds. */
export interface UserFilter {
  /** Part of the name, without regard to case. */
  readonly search?: string | undefined;
}

/** Reads pages of the living users, by name. The key is the lower-case name. */
export function createLivingUsers(database: PooledDatabase): (request: PageRequest<[string]>) => Promise<Page<User>> {
  const readRows = prepare(
    database,
    'living_users',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: userColumns })
      .from(
        sql`unnest(${sql.placeholder('after')}::text[], ${sql.placeholder('most')}::int[])
          with ordinality as wanted(after, most, list)`,
      )
      .crossJoinLateral(
        rowsOf(
          users,
          sql`select * from ${users}
            where ${users.deletedAt} is null and ${foldedUsername} > coalesce(wanted.after, '')
            order by ${foldedUsername} limit wanted.most`,
        ),
      )
      .orderBy(sql`wanted.list`, asc(foldedUsername)),
  );
  const read = createListLane<User, string>(({ after, most }) => readRows({ after, most }));
  return ({ first, after }) => read({ of: 'everybody', first, after });
}

/** A page of the living users whose names contain a text, by name. The key is the lower-case name. */
export async function searchUsers(
  database: Database,
  request: PageRequest<[string]>,
  search: string,
): Promise<Page<User>> {
  const [afterName] = request.after ?? [];
  const rows = await database
    .select(userColumns)
    .from(users)
    .where(and(living({ search }), afterName === undefined ? undefined : gt(foldedUsername, afterName)))
    .orderBy(asc(foldedUsername))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** How many living users there are. */
export async function countUsers(database: Database, filter: UserFilter): Promise<number> {
  const [row] = await database.select({ count: count() }).from(users).where(living(filter));
  return row?.count ?? 0;
}

/** The condition for one living user. */
export function isUser(ref: UserRef): SQL {
  const named = ref.id === undefined ? eq(foldedUsername, foldUsername(ref.username)) : eq(users.id, ref.id);
  return sql`${named} and ${users.deletedAt} is null`;
}

function living({ search }: UserFilter): SQL | undefined {
  return and(isNull(users.deletedAt), search === undefined ? undefined : contains(users.username, search));
}
