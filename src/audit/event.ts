import type { auditEvents } from './table.js';

/** A recorded event. */
export type AuditEvent = typeof auditEvents.$inferSelect;

/** What can be recorded. */
export type AuditAction = AuditEvent['action'];
