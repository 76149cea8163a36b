import { and, count, desc, eq, lt, or, type SQL } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { type Page, type PageRequest, page } from '../database/page.js';
import type { AuditAction, AuditEvent } from './event.js';
import { auditEvents } from './table.js';

/** Which events a list holds. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  /** Who did it, or whom it happened to. */
  readonly userId?: string | undefined;
}

/** A page of what was recorded, newest first. The key is the id. */
export async function listAuditEvents(
  database: Database,
  request: PageRequest<[string]>,
  filter: AuditFilter,
): Promise<Page<AuditEvent>> {
  const [afterId] = request.after ?? [];
  const rows = await database
    .select()
    .from(auditEvents)
    .where(and(fits(filter), afterId === undefined ? undefined : lt(auditEvents.id, afterId)))
    .orderBy(desc(auditEvents.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** How many events were recorded. */
export async function countAuditEvents(database: Database, filter: AuditFilter): Promise<number> {
  const [row] = await database.select({ count: count() }).from(auditEvents).where(fits(filter));
  return row?.count ?? 0;
}

function fits({ action, userId }: AuditFilter): SQL | undefined {
  return and(
    action === undefined ? undefined : eq(auditEvents.action, action),
    userId === undefined ? undefined : or(eq(auditEvents.actorId, userId), eq(auditEvents.subjectId, userId)),
  );
}
