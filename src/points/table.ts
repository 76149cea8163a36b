import { type SQL, sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
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
import { users } from '../users/table.js';
import { IDEMPOTENCY_KEY, MAX_POINTS, METADATA_ITEMS, REASON, REFERENCE } from './limits.js';
import type { MetadataItem } from './metadata.js';

/** The refusals that are recorded under an idempotency key: those that depend on the moment of the request. */
const STORED_REFUSALS = [
  'INSUFFICIENT_POINTS',
  'BALANCE_LIMIT',
  'ALREADY_REVERSED',
  'HOLD_ENDED',
  'IDEMPOTENCY_KEY_CLOSED',
] as const;

/**
 * The balances of users. Apart from `users`, and with a fill factor of 70 (see the migration), so that an update stays on
 * its page. The row is the lock under which everything about a user's points is decided.
 */
export const balances = pgTable(
  'balances',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id),
    points: bigint('points', { mode: 'number' }).notNull().default(0),
    /** Entries written so far: the only order of events, since clocks disagree and this does not. */
    sequence: integer('sequence').notNull().default(0),
    /** When the last entry was made, which no later one precedes; null: there is none, or an earlier release wrote it. */
    lastEntryAt: timestamp('last_entry_at', { withTimezone: true }),
    /** The points of the holds that have not ended, or have expired without a mark: see `end_expired_holds`. */
    held: bigint('held', { mode: 'number' }).notNull().default(0),
    /** When the first of these expires; null: there is none. */
    holdsUntil: timestamp('holds_until', { withTimezone: true }),
    /** Holds made so far. */
    lastHold: integer('last_hold').notNull().default(0),
    /**
     * The points to a thousandth, for the index of the leaderboard. An update within a bracket is HOT. Below 2,048 points
     * each number is a bracket, so that every update writes to both indexes: 513 instead of 460 µs per statement. Why it is
     * kept: docs/decisions/leaderboard.md.
     */
    bracket: integer('bracket').notNull().generatedAlwaysAs(sql`bracket_of(points)`),
  },
  (table) => [
    index('balances_by_bracket').on(table.bracket),
    // One and short: PostgreSQL reads a constraint anew for each statement, 4 µs for a thousand characters of its tree.
    check(
      'balances_held_within_points',
      sql`${table.held} >= 0 and ${table.held} <= ${table.points} and ${table.points} <= ${sql.raw(String(MAX_POINTS))}`,
    ),
  ],
);

/**
 * The ledger, and the record of idempotency keys in one: append-only, which the database enforces by a trigger.
 * Rows refer only to rows of the same user, so that a cluster can distribute them by user.
 */
export const entries = pgTable(
  'entries',
  {
    userId: uuid('user_id').notNull(),
    sequence: integer('sequence').notNull(),
    kind: text('kind', { enum: ['ADD', 'SPEND', 'REVERSAL', 'TRANSFER_OUT', 'TRANSFER_IN'] }).notNull(),
    delta: bigint('delta', { mode: 'number' }).notNull(),
    balanceAfter: bigint('balance_after', { mode: 'number' }).notNull(),
    reason: text('reason'),
    /** The sequence of the user's entry that this one reverses. */
    reverses: integer('reverses'),
    /** The user or token owner whose credential made the change. */
    ownerId: uuid('owner_id').notNull(),
    /** The app token of the change; null: it was a session. */
    tokenId: uuid('token_id'),
    idempotencyKey: text('idempotency_key'),
    /** When it was written. The API shows the time of the change as `createdAt`: this one, or `effectiveAt`. */
    recordedAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** When an imported change was made; null: when it was written. */
    effectiveAt: timestamp('effective_at', { withTimezone: true }),
    /** What the change belongs to in the client's own system, such as an order. */
    reference: text('reference'),
    /** Null: none. */
    metadata: jsonb('metadata').$type<readonly MetadataItem[]>(),
    /** The number of the user's hold that was captured. */
    hold: integer('hold'),
    /** The other entry of a transfer, or of its reversal. */
    counterpartUserId: uuid('counterpart_user_id'),
    counterpartSequence: integer('counterpart_sequence'),
  },
  (table) => [
    primaryKey({ name: 'entries_are_in_sequence', columns: [table.userId, table.sequence] }),
    uniqueIndex('entries_happen_once_per_key')
      .on(table.userId, table.ownerId, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null`),
    uniqueIndex('entries_are_reversed_once').on(table.userId, table.reverses).where(sql`${table.reverses} is not null`),
    // Finds recent entries by their pages, since no row ever moves; an insert touches no page but its own.
    index('entries_by_date').using('brin', table.recordedAt).with({ autosummarize: true, pages_per_range: 32 }),
    index('entries_reference_created_at_user_id_sequence_idx')
      .on(table.reference, table.recordedAt, table.userId, table.sequence)
      .where(sql`${table.reference} is not null`),
    check('entries_count_from_one', sql`${table.sequence} >= 1`),
    check('entries_change_something', sql`${table.delta} <> 0`),
    // One constraint, as for balances. The entries of a transfer name each other, and so do those of its reversal.
    check(
      'entries_are_of_their_kind',
      sql`${table.kind} = case when ${table.reverses} is not null then 'REVERSAL'
          when ${table.counterpartSequence} is null then case when ${table.delta} > 0 then 'ADD' else 'SPEND' end
          when ${table.delta} > 0 then 'TRANSFER_IN' else 'TRANSFER_OUT' end
        and (${table.counterpartSequence} is null) = (${table.counterpartUserId} is null)`,
    ),
    check('entries_leave_a_possible_balance', sql`${table.balanceAfter} between 0 and ${sql.raw(String(MAX_POINTS))}`),
    check('entries_have_a_bounded_reason', sql`char_length(${table.reason}) <= ${sql.raw(String(REASON.max))}`),
    check('entries_have_a_bounded_key', hasBoundedKey(table.idempotencyKey)),
    check(
      'entries_reference_bounded',
      sql`char_length(${table.reference}) between ${sql.raw(`${REFERENCE.min} and ${REFERENCE.max}`)}`,
    ),
    check(
      'entries_metadata_bounded',
      sql`jsonb_array_length(${table.metadata}) between 1 and ${sql.raw(String(METADATA_ITEMS.max))}`,
    ),
    check('entries_effective_before_written', sql`${table.effectiveAt} <= ${table.recordedAt}`),
  ],
);

/** Changes that were refused under an idempotency key, whose refusal is repeated: append-only like the ledger. */
export const refusals = pgTable(
  'refusals',
  {
    userId: uuid('user_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** RESOLVE: the key was closed before a change was made under it. */
    kind: text('kind', {
      enum: ['ADD', 'SPEND', 'REVERSAL', 'RESOLVE', 'HOLD', 'CAPTURE', 'RELEASE', 'TRANSFER'],
    }).notNull(),
    /** The points to change, as requested. */
    points: bigint('points', { mode: 'number' }),
    /** The sequence of the entry to reverse. */
    reverses: integer('reverses'),
    code: text('code', { enum: STORED_REFUSALS }).notNull(),
    /** For INSUFFICIENT_POINTS: the points that could have been taken, and those needed. */
    available: bigint('available', { mode: 'number' }),
    needed: bigint('needed', { mode: 'number' }),
    tokenId: uuid('token_id'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** For INSUFFICIENT_POINTS: the points that were held; null: an earlier release recorded it. */
    held: bigint('held', { mode: 'number' }),
    /** The number of the user's hold to capture or release. */
    hold: integer('hold'),
    /** For HOLD_ENDED: how the hold had ended. */
    holdState: text('hold_state', { enum: ['CAPTURED', 'RELEASED', 'EXPIRED'] }),
    /** Whom the points were to be given to. */
    receiverId: uuid('receiver_id'),
  },
  (table) => [
    primaryKey({
      name: 'refusals_happen_once_per_key',
      columns: [table.userId, table.ownerId, table.idempotencyKey],
    }),
    check(
      'refusals_have_a_known_code',
      sql`${table.code} in (${sql.raw(STORED_REFUSALS.map((code) => `'${code}'`).join(', '))})`,
    ),
    check('refusals_have_a_bounded_key', hasBoundedKey(table.idempotencyKey)),
  ],
);

/** The bounds of an idempotency key. */
export function hasBoundedKey(key: AnyPgColumn): SQL {
  return sql`char_length(${key}) between ${sql.raw(`${IDEMPOTENCY_KEY.min} and ${IDEMPOTENCY_KEY.max}`)}`;
}
