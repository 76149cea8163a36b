import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { lockUsers } from '../users/lock-users.js';
import { PostNotFound } from './errors.js';
import { isPost, type PostRef } from './post.js';
import { posts } from './table.js';

/**
 * Locks the author of a post against deletion, before the post: see `requireLiveCredential`.
 *
 * @returns the author's id, which never changes.
 * @throws PostNotFound.
 */
export async function lockAuthor(transaction: Database, ref: PostRef, actor: Actor): Promise<string> {
  const [named] = await transaction.select({ authorId: posts.authorId }).from(posts).where(isPost(ref));
  if (named === undefined) throw new PostNotFound();
  await lockUsers(transaction, actor, { kept: [named.authorId] });
  return named.authorId;
}
