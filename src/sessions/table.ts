import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from '../users/table.js';

/**
 * Sessions: one row each, however often it is renewed. No token can be made from what is stored: a refresh token is the
 * row's id and counter, authenticated by a key that the database never sees.
 */
export const sessions = pgTable(
  'sessions',
  {
    /** UUID version 7: the order of ids is the order of beginning. */
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    /** How often it was renewed; only the refresh token with this number is valid. */
    counter: integer('counter').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    renewedAt: timestamp('renewed_at', { withTimezone: true }).notNull().defaultNow(),
    /** Extended by each renewal, up to the maximum lifetime of a session. */
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** Logged out, revoked, or ended because a refresh token was used twice. */
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (table) => [
    index('sessions_by_user').on(table.userId, table.id),
    check('sessions_are_counted_from_zero', sql`${table.counter} >= 0`),
  ],
);
