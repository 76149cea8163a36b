/**
 * Parts of lists with a filter that no index has in the order of the list. Such a list is read in two steps. A filter that
 * many rows pass fills a page from the next rows of the list. One that few rows pass does not, and then all that pass are
 * read by the filter's own index, and sorted.
 */
import { type SQL, type Subquery, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './connect.js';
import { rowsOf } from './page.js';

/** A page of 20 is found among so many rows, in 2 to 10 ms, if one in a hundred passes the filter. */
const MAX_NEXT = 2_000;

/** The largest count of a list with a filter. */
export const MAX_COUNT = 10_000;

/** The next rows of a list, as a table of that name. `order` is that of an index. */
export function nextRows(table: PgTable, where: SQL | undefined, order: SQL, max = MAX_NEXT): Subquery {
  return rowsOf(
    table,
    sql`select * from ${table} where ${where ?? sql`true`} order by ${order} limit ${sql.raw(String(max))}`,
  );
}

/** The same select, planned alone: by the index of its condition, whatever order and limit follow. */
export function planAlone(select: SQL): SQL {
  return sql`with found as materialized (${select}) select * from found`;
}

/** Counts the rows of a select, up to {@link MAX_COUNT}. */
export async function countUpTo(database: Database, select: SQL): Promise<number> {
  const limit = sql.raw(String(MAX_COUNT));
  const { rows } = await database.execute<{ count: number }>(
    sql`select count(*)::integer as count from (${select} limit ${limit}) counted`,
  );
  return rows[0]?.count ?? 0;
}
