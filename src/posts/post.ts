import { and, eq, type SQL } from 'drizzle-orm';
import { posts } from './table.js';

/** Something that a user wrote. */
export type Post = typeof posts.$inferSelect;

/** Names a post; with `authorId`, only if that user wrote it. */
export interface PostRef {
  readonly id: string;
  readonly authorId: string | undefined;
}

/** The condition for one post. */
export function isPost({ id, authorId }: PostRef): SQL | undefined {
  return and(eq(posts.id, id), authorId === undefined ? undefined : eq(posts.authorId, authorId));
}
