import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What is counted against a limit, shared by all nodes. The table is not logged (see the migration): to count costs no
 * wait for the disk, and a crash empties it.
 */
export const throttles = pgTable('throttles', {
  /** What is counted, and by whom: an id, an address, or the hash of a name, since what is typed as one may be a password. */
  key: text('key').primaryKey(),
  /** How many. Nothing to do with points of users. */
  points: integer('points').notNull(),
  /** Until when it counts; for log-ins, until when the next one has to wait. */
  expire: timestamp('expire', { withTimezone: true }).notNull(),
});
