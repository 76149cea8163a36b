import { sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Database } from '../database/connect.js';
import { PostNotFound } from './errors.js';
import { lockAuthor } from './lock-author.js';
import { isPost, type Post, type PostRef } from './post.js';
import { posts } from './table.js';

/** The changes; undefined leaves a value as it is. */
export interface PostChanges {
  readonly title: string | undefined;
  readonly body: string | undefined;
}

/**
 * Changes a post.
 *
 * @throws PostNotFound; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function updatePost(database: Database, ref: PostRef, changes: PostChanges, actor: Actor): Promise<Post> {
  return await database.transaction(async (transaction) => {
    const ownerId = await lockAuthor(transaction, ref, actor);
    // The statement waits for the post; the credential is checked after it, and the change undone where it has ended.
    const [post] = await transaction
      .update(posts)
      .set({ ...changes, updatedAt: sql`now()` })
      .where(isPost(ref))
      .returning();
    if (post === undefined) throw new PostNotFound();
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.updatePost', ownerId });
    return post;
  });
}
