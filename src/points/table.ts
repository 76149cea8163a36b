import { sql } from 'drizzle-orm';
import { bigint, check, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { users } from '../users/table.js';

/** 2^53-1: the largest whole number that JSON and JavaScript carry exactly. */
export const MOST_POINTS = Number.MAX_SAFE_INTEGER;

/**
 * What a user has. Apart from `users` and without an index on what changes, so that each update stays on its page
 * (fill factor 70: see the migration). The row is the lock under which everything about a user's points is decided.
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
  },
  (table) => [
    check('balances_are_never_overdrawn', sql`${table.points} >= 0`),
    check('balances_are_exact_numbers', sql`${table.points} <= ${sql.raw(String(MOST_POINTS))}`),
  ],
);

/**
 * The ledger, and the record of idempotency keys in one: append-only, which the database enforces by a trigger.
 * Rows hang together by the user alone and refer to no other user's, so that a cluster can hold them by user.
 */
export const entries = pgTable(
  'entries',
  {
    userId: uuid('user_id').notNull(),
    sequence: integer('sequence').notNull(),
    kind: text('kind', { enum: ['ADD', 'SPEND', 'REVERSAL'] }).notNull(),
    delta: bigint('delta', { mode: 'number' }).notNull(),
    balanceAfter: bigint('balance_after', { mode: 'number' }).notNull(),
    reason: text('reason'),
    /** The sequence of the user's entry that this one takes back. */
    reverses: integer('reverses'),
    /** The user behind the credential that asked for it. */
    ownerId: uuid('owner_id').notNull(),
    /** The app token that asked for it; null: a session did. */
    tokenId: uuid('token_id'),
    idempotencyKey: text('idempotency_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'entries_are_in_sequence', columns: [table.userId, table.sequence] }),
    uniqueIndex('entries_happen_once_per_key')
      .on(table.userId, table.ownerId, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null`),
    uniqueIndex('entries_are_reversed_once')
      .on(table.userId, table.reverses)
      .where(sql`${table.reverses} is not null`),
    check('entries_change_something', sql`${table.delta} <> 0`),
    check(
      'entries_go_their_way',
      sql`(${table.kind} = 'ADD' and ${table.delta} > 0) or (${table.kind} = 'SPEND' and ${table.delta} < 0) or (${table.kind} = 'REVERSAL')`,
    ),
    check('entries_reverse_what_is_named', sql`(${table.kind} = 'REVERSAL') = (${table.reverses} is not null)`),
    check(
      'entries_leave_a_possible_balance',
      sql`${table.balanceAfter} between 0 and ${sql.raw(String(MOST_POINTS))}`,
    ),
  ],
);

/** Refusals that were answered under an idempotency key, to be repeated for ever: append-only like the ledger. */
export const refusals = pgTable(
  'refusals',
  {
    userId: uuid('user_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    kind: text('kind', { enum: ['ADD', 'SPEND', 'REVERSAL'] }).notNull(),
    /** What was to be added or spent; null for a reversal. */
    points: bigint('points', { mode: 'number' }),
    /** The sequence of the entry that was to be reversed. */
    reverses: integer('reverses'),
    code: text('code', { enum: ['INSUFFICIENT_POINTS', 'BALANCE_LIMIT', 'ALREADY_REVERSED'] }).notNull(),
    available: bigint('available', { mode: 'number' }),
    needed: bigint('needed', { mode: 'number' }),
    tokenId: uuid('token_id'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({
      name: 'refusals_happen_once_per_key',
      columns: [table.userId, table.ownerId, table.idempotencyKey],
    }),
  ],
);
