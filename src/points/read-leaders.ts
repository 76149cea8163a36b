/** Reads the leaderboard: the active users by points. */
import { desc, sql } from 'drizzle-orm';
import { createBatcher } from '../concurrency/batcher.js';
import type { PreparedDatabase } from '../database/connect.js';
import { type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { list } from '../database/read-by-key.js';
import { foldedUsername, users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';
import { MAX_POINTS } from './limits.js';

/** A user with the points by which they were ranked. */
export type Leader = User & { readonly points: number };

/** A page of the leaderboard. The key is the points and the lower-case name. */
type LeadersRequest = PageRequest<[points: number, name: string]>;

/** Pages of one statement. A page of users with equal points, among thousands, takes milliseconds. */
const MAX_BATCH = 64;

/** Pages that wait. */
const MAX_QUEUE = 100_000;

/**
 * Creates a read of pages of the active users by points, highest first, equal points by name. Concurrent reads share a
 * statement, and equal ones a page, since most are of the first.
 */
export function createLeaders(database: PreparedDatabase): (request: LeadersRequest) => Promise<Page<Leader>> {
  const read = prepare(database, 'leaders', selectLeaders(database));
  return createBatcher<LeadersRequest, Page<Leader>>({
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    run: async (requests) => {
      const pages = new Map(requests.map((request) => [JSON.stringify(request), { request, rows: [] as Leader[] }]));
      const wanted = [...pages.values()];
      for (const { list, row } of await read(valuesOf(wanted.map(({ request }) => request)))) {
        wanted[list - 1]?.rows.push(row);
      }
      return requests.map((request) => page(pages.get(JSON.stringify(request))?.rows ?? [], request.first));
    },
  });
}

function selectLeaders(database: PreparedDatabase) {
  const points = sql<number>`leaders.points`.mapWith(Number);
  return (
    database
      .select({ list, row: { ...userColumns, points } })
      .from(
        sql`unnest(${sql.placeholder('limit')}::int[], ${sql.placeholder('points')}::bigint[], ${sql.placeholder('names')}::text[])
          with ordinality as wanted(max_rows, points, name, list)`,
      )
      .crossJoinLateral(sql`leaders(wanted.max_rows, wanted.points, wanted.name)`)
      // One by one (OFFSET 0): PostgreSQL would take the functions for many rows, and read all users for them.
      .crossJoinLateral(rowsOf(users, sql`select * from ${users} where ${users.id} = leaders.user_id offset 0`))
      .orderBy(list, desc(points), foldedUsername)
  );
}

function valuesOf(requests: readonly LeadersRequest[]) {
  return {
    limit: requests.map(({ first }) => first + 1),
    points: requests.map(({ after }) => after?.[0] ?? MAX_POINTS + 1),
    names: requests.map(({ after }) => after?.[1] ?? ''),
  };
}
