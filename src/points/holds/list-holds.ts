/** Lists the holds of all users, newest first. The key of a list is the user id and the number. */
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../database/connect.js';
import { countUpTo } from '../../database/filtered-list.js';
import { type Page, type PageRequest, page } from '../../database/page.js';
import { type Hold, holdColumns } from './hold.js';
import { isInState } from './read-holds.js';
import { holds } from './table.js';

/** Selects the holds that match every field that is set. */
export interface HoldFilter {
  readonly state: Hold['state'] | undefined;
  readonly reference: string | undefined;
}

type HoldsRequest = PageRequest<[userId: string, number: number]>;

const NEWEST_FIRST = sql`${holds.createdAt} desc, ${holds.userId} desc, ${holds.number} desc`;

/** A page of the holds that a filter selects. */
export async function listHolds(
  database: Database,
  { first, after }: HoldsRequest,
  filter: HoldFilter,
): Promise<Page<Hold>> {
  const rows = await database
    .select(holdColumns)
    .from(holds)
    .where(and(isSelected(filter), after && isAfter(after)))
    .orderBy(NEWEST_FIRST)
    .limit(first + 1);
  return page(rows, first);
}

/** The number of holds that a filter selects, up to 10,000. */
export async function countHolds(database: Database, filter: HoldFilter): Promise<number> {
  return await countUpTo(database, sql`select from ${holds} where ${isSelected(filter) ?? sql`true`}`);
}

function isSelected({ state, reference }: HoldFilter) {
  return and(
    state === undefined ? undefined : isInState(sql`${state}`),
    reference === undefined ? undefined : eq(holds.reference, reference),
  );
}

function isAfter([userId, number]: readonly [string, number]) {
  const { createdAt } = holds;
  const cursorTime = sql`(select h.created_at from ${holds} h where h.user_id = ${userId}::uuid and h.number = ${number}::integer)`;
  return sql`(${createdAt}, ${holds.userId}, ${holds.number}) < (${cursorTime}, ${userId}::uuid, ${number}::integer)`;
}
