import { count, desc, lt } from 'drizzle-orm';
import { areOwnedBy } from '../database/are-owned-by.js';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { createReadPages, type ListRequest, type Page, type PageRequest, page, pagesOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadCount, isAnyKey, list } from '../database/read-by-key.js';
import { type Session, sessionColumns } from './session.js';
import { sessions } from './table.js';

/** Creates a read of pages of users' sessions, newest first. The key is the id. */
export function createSessionsOf(
  database: PreparedDatabase,
): (request: ListRequest<[string]>) => Promise<Page<Session>> {
  const { requests, rows, order } = pagesOf(sessions, { of: sessions.userId, key: sessions.id });
  const select = database
    .select({ list, row: sessionColumns })
    .from(requests)
    .crossJoinLateral(rows)
    .orderBy(...order);
  return createReadPages(prepare(database, 'sessions_of_users', select));
}

/** Creates a count of users' sessions. */
export function createSessionCountOf(database: PreparedDatabase): (userId: string) => Promise<number> {
  return createReadCount(database, {
    name: 'session_counts_of_users',
    select: database
      .select({ of: sessions.userId, count: count() })
      .from(sessions)
      .where(isAnyKey(sessions.userId))
      .groupBy(sessions.userId),
  });
}

/** A page of all sessions, newest first. The key is the id. */
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

/** The number of sessions. */
export async function countSessions(database: Database): Promise<number> {
  return await database.$count(sessions);
}

/** Whether each of these sessions is this user's; false where the session does not exist. One statement. */
export async function areSessionsOf(database: Database, ids: readonly string[], userId: string): Promise<boolean[]> {
  return await areOwnedBy(database, { id: sessions.id, owner: sessions.userId }, ids, userId);
}
