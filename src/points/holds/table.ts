import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { MAX_POINTS, METADATA_ITEMS, REASON, REFERENCE } from '../limits.js';
import type { MetadataItem } from '../metadata.js';
import { hasBoundedKey } from '../table.js';

/**
 * Reserved points. A hold is written, and ended once, under the lock of the user's balance. One that has expired stays HELD
 * until the next change of the user, or a job, marks it: its time decides, not its state.
 */
export const holds = pgTable(
  'holds',
  {
    userId: uuid('user_id').notNull(),
    /** Counts the holds of the user from 1. */
    number: integer('number').notNull(),
    points: bigint('points', { mode: 'number' }).notNull(),
    state: text('state', { enum: ['HELD', 'CAPTURED', 'RELEASED', 'EXPIRED'] }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    /** When the end was written, which for EXPIRED is later; null: it was not, or by an earlier release. */
    endWrittenAt: timestamp('end_written_at', { withTimezone: true }),
    /** The points that were taken in the end. */
    captured: bigint('captured', { mode: 'number' }),
    /** The points that the capture asked for; null: it left them out. */
    requestedPoints: bigint('requested_points', { mode: 'number' }),
    /** The user's entry that the capture wrote. */
    entrySequence: integer('entry_sequence'),
    reason: text('reason'),
    reference: text('reference'),
    /** Null: none. */
    metadata: jsonb('metadata').$type<readonly MetadataItem[]>(),
    /** The user or token owner whose credential made the hold. */
    ownerId: uuid('owner_id').notNull(),
    /** The app token that made the hold; null: it was a session. */
    tokenId: uuid('token_id'),
    idempotencyKey: text('idempotency_key'),
    /** Of the change that released it. That of a capture stands in its entry. */
    releaseOwnerId: uuid('release_owner_id'),
    releaseKey: text('release_key'),
  },
  (table) => [
    primaryKey({ name: 'holds_pkey', columns: [table.userId, table.number] }),
    uniqueIndex('holds_user_id_owner_id_idempotency_key_idx')
      .on(table.userId, table.ownerId, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null`),
    uniqueIndex('holds_user_id_release_owner_id_release_key_idx')
      .on(table.userId, table.releaseOwnerId, table.releaseKey)
      .where(sql`${table.releaseKey} is not null`),
    index('holds_user_id_state_number_idx').on(table.userId, table.state, table.number),
    index('holds_created_at_user_id_number_idx').on(table.createdAt, table.userId, table.number),
    index('holds_state_created_at_user_id_number_idx').on(table.state, table.createdAt, table.userId, table.number),
    index('holds_reference_created_at_user_id_number_idx')
      .on(table.reference, table.createdAt, table.userId, table.number)
      .where(sql`${table.reference} is not null`),
    index('holds_end_written_at_idx').on(table.endWrittenAt).where(sql`${table.endWrittenAt} is not null`),
    index('holds_expires_at_idx').on(table.expiresAt).where(sql`${table.state} = 'HELD'`),
    check('holds_number_positive', sql`${table.number} >= 1`),
    check('holds_points_bounded', sql`${table.points} between 1 and ${sql.raw(String(MAX_POINTS))}`),
    check('holds_state_known', sql`${table.state} in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED')`),
    check('holds_expires_after_creation', sql`${table.expiresAt} > ${table.createdAt}`),
    check('holds_ended_unless_held', sql`(${table.state} = 'HELD') = (${table.endedAt} is null)`),
    check(
      'holds_entry_of_capture',
      sql`(${table.state} = 'CAPTURED') = (${table.entrySequence} is not null) and (${table.state} = 'CAPTURED') = (${table.captured} is not null)
        and (${table.state} = 'CAPTURED' or ${table.requestedPoints} is null)`,
    ),
    check('holds_released_by_key', sql`${table.state} = 'RELEASED' or ${table.releaseKey} is null`),
    check('holds_reason_bounded', sql`char_length(${table.reason}) <= ${sql.raw(String(REASON.max))}`),
    check(
      'holds_reference_bounded',
      sql`char_length(${table.reference}) between ${sql.raw(`${REFERENCE.min} and ${REFERENCE.max}`)}`,
    ),
    check(
      'holds_metadata_bounded',
      sql`jsonb_typeof(${table.metadata}) = 'array' and jsonb_array_length(${table.metadata}) between 1 and ${sql.raw(String(METADATA_ITEMS.max))}`,
    ),
    check('holds_key_bounded', hasBoundedKey(table.idempotencyKey)),
    check('holds_release_key_bounded', hasBoundedKey(table.releaseKey)),
  ],
);
