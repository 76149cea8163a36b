import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { PostNotFound } from './errors.js';
import { isPost, type Post, type PostRef } from './post.js';
import { posts } from './table.js';

/** What is to change; what is undefined stays. */
export interface PostChanges {
  readonly title: string | undefined;
  readonly body: string | undefined;
}

/**
 * Changes a post.
 *
 * @throws PostNotFound
 */
export async function updatePost(database: Database, ref: PostRef, changes: PostChanges): Promise<Post> {
  const [post] = await database
    .update(posts)
    .set({ ...changes, updatedAt: sql`now()` })
    .where(isPost(ref))
    .returning();
  if (post === undefined) throw new PostNotFound();
  return post;
}
