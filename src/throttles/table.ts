import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What is counted against a limit, shared by all nodes. The columns are those of `rate-limiter-flexible`. The table is
 * not logged (see the migration): to count costs no wait for the disk, and a crash forgets what nobody will miss.
 */
export const throttles = pgTable('throttles', {
  /** What is counted, and by whom: an id, an address, or the hash of a name, since what is typed as one may be a password. */
  key: text('key').primaryKey(),
  /** How many. The library's word, and nothing to do with anybody's points. */
  points: integer('points').notNull(),
  /** Until when it counts; for log-ins, until when the next one has to wait. */
  expire: timestamp('expire', { withTimezone: true }).notNull(),
});
