import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Database, PooledDatabase } from '../database/connect.js';
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
import { type Session, sessionColumns } from './session.js';
import { sessions } from './table.js';

/** Reads pages of users' sessions, newest first. The key is the id. */
export function createSessionsOf(database: PooledDatabase): (request: ListRequest<[string]>) => Promise<Page<Session>> {
  const readRows = prepare(
    database,
    'sessions_of_users',
    database
      .select({ list: sql<number>`wanted.list`.mapWith(Number), row: sessionColumns })
      .from(
        sql`unnest(${sql.placeholder('of')}::uuid[], ${sql.placeholder('after')}::uuid[], ${sql.placeholder('most')}::int[])
          with ordinality as wanted(user_id, after, most, list)`,
      )
      .crossJoinLateral(
        rowsOf(
          sessions,
          sql`select * from ${sessions}
            where ${sessions.userId} = wanted.user_id and (wanted.after is null or ${sessions.id} < wanted.after)
            order by ${sessions.id} desc limit wanted.most`,
        ),
      )
      .orderBy(sql`wanted.list`, desc(sessions.id)),
  );
  return createListLane((wanted) => readRows(wanted));
}

/** Counts users' sessions. */
export function createSessionCountOf(database: PooledDatabase): (userId: string) => Promise<number> {
  const readRows = prepare(
    database,
    'session_counts_of_users',
    database
      .select({ of: sessions.userId, count: count() })
      .from(sessions)
      .where(sql`${sessions.userId} = any(${sql.placeholder('users')}::uuid[])`)
      .groupBy(sessions.userId),
  );
  return createCountLane((users) => readRows({ users }));
}

/** A page of everybody's sessions, newest first. The key is the id. */
export async function listSessions(database: Database, request: PageRequest<[string]>): Promise<Page<Session>> {
  const [afterId] = request.after ?? [];
  const rows = await database
    .select(sessionColumns)
    .from(sessions)
    .where(afterId === undefined ? undefined : lt(sessions.id, afterId))
    .orderBy(desc(sessions.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** How many sessions there are. */
export async function countSessions(database: Database): Promise<number> {
  const [row] = await database.select({ count: count() }).from(sessions);
  return row?.count ?? 0;
}

/** Of each session, whether it is this user's; one that does not exist is nobody's. One statement. */
export async function areSessionsOf(database: Database, ids: readonly string[], userId: string): Promise<boolean[]> {
  const rows = await database
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(inArray(sessions.id, [...ids]), eq(sessions.userId, userId)));
  const own = new Set(rows.map(({ id }) => id));
  return ids.map((id) => own.has(id));
}
