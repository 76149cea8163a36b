import { and, desc, eq, lt, or, type SQL } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { type Page, type PageRequest, page } from '../database/page.js';
import type { AuditAction, AuditEvent } from './event.js';
import { auditEvents } from './table.js';

/** The events of a list. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  /** The actor or the subject. */
  readonly userId?: string | undefined;
}

/** A page of the events, newest first. The key is the id. */
export async function listAuditEvents(
  database: Database,
  request: PageRequest<[string]>,
  filter: AuditFilter,
): Promise<Page<AuditEvent>> {
  const [afterId] = request.after ?? [];
  const rows = await database
    .select()
    .from(auditEvents)
    .where(and(matches(filter), afterId === undefined ? undefined : lt(auditEvents.id, afterId)))
    .orderBy(desc(auditEvents.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** The number of events. */
export async function countAuditEvents(database: Database, filter: AuditFilter): Promise<number> {
  return await database.$count(auditEvents, matches(filter));
}

function matches({ action, userId }: AuditFilter): SQL | undefined {
  return and(
    action === undefined ? undefined : eq(auditEvents.action, action),
    userId === undefined ? undefined : or(eq(auditEvents.actorId, userId), eq(auditEvents.subjectId, userId)),
  );
}
