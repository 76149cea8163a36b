import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from '../users/table.js';

/**
 * Who is logged in: one row for a session, however often it is renewed. Nothing in here opens anything: a refresh token
 * is the row's id and counter under a key that the database never sees.
 */
export const sessions = pgTable(
  'sessions',
  {
    /** UUID version 7: the order of ids is the order of beginning. */
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    /** How often it was renewed; the refresh token that carries this number is the one that counts. */
    counter: integer('counter').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    renewedAt: timestamp('renewed_at', { withTimezone: true }).notNull().defaultNow(),
    /** Moved on by each renewal, never beyond the longest life of a session. */
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** Logged out, revoked, or given up because a refresh token was used twice. */
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (table) => [
    index('sessions_by_user').on(table.userId, table.id),
    check('sessions_are_counted_from_zero', sql`${table.counter} >= 0`),
  ],
);
