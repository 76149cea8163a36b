import { and, eq, type SQL } from 'drizzle-orm';
import { posts } from './table.js';

/** A post. */
export type Post = typeof posts.$inferSelect;

/** The columns that lists usually show. A body can have 20,000 characters, and is read only where it is asked for. */
export type PostInBrief = Pick<Post, 'id' | 'authorId' | 'title'>;

/** A post whose body was not read. A body can have 20,000 characters, which are up to 80,000 bytes of UTF-8. */
export type PostWithoutBody = Omit<Post, 'body'> & { readonly bodyBytes: number };

/** Names a post; with `authorId`, only if that user wrote it. */
export interface PostRef {
  readonly id: string;
  readonly authorId: string | undefined;
}

/** The condition for one post. */
export function isPost({ id, authorId }: PostRef): SQL | undefined {
  return and(eq(posts.id, id), authorId === undefined ? undefined : eq(posts.authorId, authorId));
}
