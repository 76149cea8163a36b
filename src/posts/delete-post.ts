import type { Database } from '../database/connect.js';
import { PostNotFound } from './errors.js';
import { isPost, type PostRef } from './post.js';
import { posts } from './table.js';

/**
 * Deletes a post for good.
 *
 * @returns its id.
 * @throws PostNotFound
 */
export async function deletePost(database: Database, ref: PostRef): Promise<string> {
  const [post] = await database.delete(posts).where(isPost(ref)).returning({ id: posts.id });
  if (post === undefined) throw new PostNotFound();
  return post.id;
}
