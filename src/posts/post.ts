import { and, eq, type SQL } from 'drizzle-orm';
import { posts } from './table.js';

/** Something that a user wrote. */
export type Post = typeof posts.$inferSelect;

/** What a list of posts shows of each, as a rule; the rest is read where it is asked for. A body can be 20,000 characters. */
export type PostInBrief = Pick<Post, 'id' | 'authorId' | 'title'>;

/** Names a post; with `authorId`, only if that user wrote it. */
export interface PostRef {
  readonly id: string;
  readonly authorId: string | undefined;
}

/** The condition for one post. */
export function isPost({ id, authorId }: PostRef): SQL | undefined {
  return and(eq(posts.id, id), authorId === undefined ? undefined : eq(posts.authorId, authorId));
}
