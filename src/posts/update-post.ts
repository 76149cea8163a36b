import { sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { type Permission, requireLiveCredential } from '../users/live-credential.js';
import { lockUsers } from '../users/lock-user.js';
import { PostNotFound } from './errors.js';
import { isPost, type Post, type PostRef } from './post.js';
import { posts } from './table.js';

/** What is to change; what is undefined stays. */
export interface PostChanges {
  readonly title: string | undefined;
  readonly body: string | undefined;
}

const PERMISSION: Permission = { coordinate: 'Mutation.updatePost', scopes: ['posts:write'] };

/**
 * Changes a post.
 *
 * @throws PostNotFound; CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function updatePost(database: Database, ref: PostRef, changes: PostChanges, actor: Actor): Promise<Post> {
  return await database.transaction(async (transaction) => {
    // The statement waits for the post; only then is the credential judged, and the change undone where it has ended.
    const [post] = await transaction
      .update(posts)
      .set({ ...changes, updatedAt: sql`now()` })
      .where(isPost(ref))
      .returning();
    if (post === undefined) throw new PostNotFound();
    await lockUsers(transaction, [], actor);
    await requireLiveCredential(transaction, actor, PERMISSION);
    return post;
  });
}
