import { and, eq, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from './connect.js';

/**
 * Whether each of these rows is this owner's, in the order of the ids; false where there is no such row. One statement.
 *
 * @param columns the id and the owner of a row, both of one table.
 */
export async function areOwnedBy(
  database: Database,
  { id, owner }: { readonly id: PgColumn; readonly owner: PgColumn },
  ids: readonly string[],
  ownerId: string,
): Promise<boolean[]> {
  const rows = await database
    .select({ id: sql<string>`${id}` })
    .from(id.table)
    .where(and(sql`${id} = any(${sql.param(ids)}::uuid[])`, eq(owner, ownerId)));
  const own = new Set(rows.map((row) => row.id));
  return ids.map((one) => own.has(one));
}
