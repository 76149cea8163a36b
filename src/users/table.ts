import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/** Users. A row is never deleted: deleting a user overwrites the personal data, and the ledger stays. */
export const users = pgTable(
  'users',
  {
    /** UUID version 7, made by the API: no node waits for another's sequence. */
    id: uuid('id').primaryKey(),
    username: text('username').notNull(),
    role: text('role', { enum: ['USER', 'ADMIN'] }).notNull(),
    /** A PHC string; null: the user cannot log in. */
    passwordHash: text('password_hash'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('users_username_key')
      .on(sql`lower(${table.username} COLLATE "C")`)
      .where(sql`${table.deletedAt} is null`),
    // For nodes of release 0.1.0 that share the database; to be dropped once none can.
    uniqueIndex('users_have_unique_names').on(sql`lower(${table.username})`).where(sql`${table.deletedAt} is null`),
    index('users_who_are_admins').on(table.id).where(sql`${table.role} = 'ADMIN' and ${table.deletedAt} is null`),
    index('users_deleted_at_idx').on(table.deletedAt).where(sql`${table.deletedAt} is not null`),
    check('users_have_a_role', sql`${table.role} in ('USER', 'ADMIN')`),
    check('users_have_a_wellformed_name', sql`${table.username} ~ '^[A-Za-z0-9_.-]{1,64}$'`),
  ],
);

/**
 * The name in lower case, as in `users_username_key`: ASCII only, whatever the locale of the database. It equals what
 * `foldUsername` returns.
 */
export const foldedUsername = sql<string>`lower(${users.username} collate "C")`;

/**
 * The former names of users, each up to an entry of their ledger: a response repeated under an idempotency key names the
 * user as it did at first. Deleted with the user.
 */
export const formerUsernames = pgTable(
  'former_usernames',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    /** The last entry that was written under this name. */
    untilSequence: integer('until_sequence').notNull(),
    username: text('username').notNull(),
    /** When the user was renamed; before every hold where an earlier release did not record it. */
    until: timestamp('until', { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ name: 'former_usernames_pkey', columns: [table.userId, table.untilSequence, table.until] })],
);

/**
 * Names that users had, in lower case, until they can be taken again. Only the last user who had one is kept. A row stays
 * until it is purged: see `purge-resting-usernames.ts`.
 */
export const restingUsernames = pgTable(
  'resting_usernames',
  {
    username: text('username').primaryKey(),
    /** Who had the name. */
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    freedAt: timestamp('freed_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('resting_usernames_user_id_idx').on(table.userId),
    index('resting_usernames_freed_at_idx').on(table.freedAt),
  ],
);

/** The ids of users in other systems. A row is deleted with its user. */
export const externalIds = pgTable(
  'external_ids',
  {
    /** The other system. */
    issuer: text('issuer').notNull(),
    /** The id there, compared to the letter. */
    externalId: text('external_id').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    linkedAt: timestamp('linked_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'external_ids_pkey', columns: [table.issuer, table.externalId] }),
    index('external_ids_user_id_idx').on(table.userId),
    check('external_ids_issuer_wellformed', sql`${table.issuer} ~ '^[a-z0-9.-]{1,64}$'`),
    check('external_ids_external_id_bounded', sql`char_length(${table.externalId}) between 1 and 255`),
  ],
);
