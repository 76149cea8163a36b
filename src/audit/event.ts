import type { auditEvents } from './table.js';

/** Something that was done, as it was recorded. */
export type AuditEvent = typeof auditEvents.$inferSelect;

/** What can be recorded. */
export type AuditAction = AuditEvent['action'];
