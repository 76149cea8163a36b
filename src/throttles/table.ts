import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What is counted against a limit, shared by all nodes. The table is unlogged (see the migration): counting does not wait
 * for the disk, and a crash empties it.
 */
export const throttles = pgTable('throttles', {
  /** What is counted, and for whom: an id, an address, or the hash of a name, since a password may be typed as one. */
  key: text('key').primaryKey(),
  /** The count. Unrelated to the points of users. */
  points: integer('points').notNull(),
  /** Attempts in flight of a budget of failures, which may turn out not to have failed. */
  pending: integer('pending').notNull().default(0),
  /** When the count ends; of a growing wait, when the next attempt is allowed; of a budget of failures, when it is full. */
  expire: timestamp('expire', { withTimezone: true }).notNull(),
});
