import { and, type Column, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { countUpTo, MAX_COUNT } from '../database/filtered-list.js';
import { type Page, type PageRequest, page, rowsOf } from '../database/page.js';
import type { AuditAction, AuditEvent } from './event.js';
import { AUDIT_ACTIONS, auditEvents } from './table.js';

/** The events of a list. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  /** The actor or the subject. */
  readonly userId?: string | undefined;
}

/** A page of the events, newest first. The key is the id. */
export async function listAuditEvents(
  database: Database,
  { first, after }: PageRequest<[string]>,
  filter: AuditFilter,
): Promise<Page<AuditEvent>> {
  const rows = await database
    .select(getTableColumns(auditEvents))
    .from(rowsOf(auditEvents, newest(filter, { before: after?.[0] ?? MAX, max: first + 1 })))
    .orderBy(desc(auditEvents.id))
    .limit(first + 1);
  return page(rows, first);
}

/** The number of events; with a filter up to 10,000. */
export async function countAuditEvents(database: Database, filter: AuditFilter): Promise<number> {
  if (filter.action === undefined && filter.userId === undefined) return await database.$count(auditEvents);
  return await countUpTo(database, sql`select from (${newest(filter, { before: MAX, max: MAX_COUNT })}) as event`);
}

/** The part of a list before an id, newest first. */
interface Part {
  readonly before: string;
  readonly max: number;
}

function newest({ action, userId }: AuditFilter, part: Part): SQL {
  if (userId !== undefined) return newestOfUser(userId, action === undefined ? AUDIT_ACTIONS : [action], part);
  if (action !== undefined) return newestOfAction(action, part);
  return sql`select * from ${auditEvents} where ${lt(auditEvents.id, part.before)} order by ${desc(auditEvents.id)} limit ${part.max}`;
}

/** As a range, which only the index of actions has in order: for an equal action the planner may search all events. */
function newestOfAction(action: AuditAction, { before, max }: Part): SQL {
  const { action: column, id } = auditEvents;
  return sql`select * from ${auditEvents} where ${column} >= ${action} and (${column}, ${id}) < (${action}, ${before}::uuid)
    order by ${desc(column)}, ${desc(id)} limit ${max}`;
}

/**
 * As actor or as subject: the newest of each action, as two indexes have them. An index without the action would have to
 * be searched for a rare one.
 */
function newestOfUser(userId: string, actions: readonly AuditAction[], { before, max }: Part): SQL {
  const newestAs = (column: Column) => sql`select event.*
    from unnest(${sql.param(actions)}::text[]) as wanted(action) cross join lateral (
      select * from ${auditEvents}
        where ${and(eq(column, userId), sql`${auditEvents.action} = wanted.action`, lt(auditEvents.id, before))}
        order by ${desc(auditEvents.id)} limit ${max}) as event`;
  return sql`${newestAs(auditEvents.actorId)} union ${newestAs(auditEvents.subjectId)}`;
}
