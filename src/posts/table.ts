import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from '../users/table.js';

/** The posts of users. */
export const posts = pgTable(
  'posts',
  {
    /** UUID version 7: the order of ids is the order of writing. */
    id: uuid('id').primaryKey(),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id),
    title: text('title').notNull(),
    body: text('body').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('posts_by_author').on(table.authorId, table.id),
    check('posts_have_a_title', sql`char_length(${table.title}) between 1 and 200`),
    check('posts_have_a_bounded_body', sql`char_length(${table.body}) <= 20000`),
  ],
);
