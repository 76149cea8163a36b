import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** The recorded actions, in the order of the schema's enum `AuditAction`. */
export const AUDIT_ACTIONS = [
  'TOKEN_ISSUED',
  'TOKEN_ROTATED',
  'TOKEN_REVOKED',
  'TOKEN_UPDATED',
  'TOKEN_PAUSED',
  'TOKEN_RESUMED',
  'USER_CREATED',
  'USER_UPDATED',
  'ROLE_CHANGED',
  'USER_DELETED',
  'EXTERNAL_ID_LINKED',
  'EXTERNAL_ID_UNLINKED',
  'WEBHOOK_CREATED',
  'WEBHOOK_UPDATED',
  'WEBHOOK_KEY_ROTATED',
  'WEBHOOK_PAUSED',
  'WEBHOOK_RESUMED',
  'WEBHOOK_DELETED',
  'SIGNED_UP',
  'LOGGED_IN',
  'LOGIN_FAILED',
  'LOGGED_OUT',
  'REFRESH_TOKEN_REUSED',
  'PASSWORD_CHANGED',
  'RESTORE_SEALED',
] as const;

/**
 * Who did what, to whom, when and from where: append-only, which a trigger enforces. Users are named by id only, so that it
 * keeps no name of a deleted user. Changes of points are recorded in the ledger.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** UUID version 7: the order of ids is the order of events. */
    id: uuid('id').primaryKey(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    action: text('action', { enum: AUDIT_ACTIONS }).notNull(),
    /** The user behind the credential; null: unknown. No foreign key: the user may be on another shard. */
    actorId: uuid('actor_id'),
    /** The app token that the actor used. */
    actorTokenId: uuid('actor_token_id'),
    /** The token that the action affected. */
    tokenId: uuid('token_id'),
    /** The user that the action affected; for a token, its owner. */
    subjectId: uuid('subject_id'),
    /** The network address that the request came from. */
    address: text('address'),
    detail: text('detail'),
  },
  (table) => [
    index('audit_events_by_action').on(table.action, table.id),
    index('audit_events_actor_id_action_id_idx').on(table.actorId, table.action, table.id),
    index('audit_events_subject_id_action_id_idx').on(table.subjectId, table.action, table.id),
    check('audit_events_have_a_known_action', sql`${table.action} in (${knownActions()})`),
    check('audit_events_are_bounded', sql`char_length(${table.address}) <= 45 and char_length(${table.detail}) <= 200`),
  ],
);

/** As a literal, since a CHECK takes no parameters; the actions are constants of ours. */
function knownActions() {
  return sql.raw(AUDIT_ACTIONS.map((action) => `'${action}'`).join(', '));
}
