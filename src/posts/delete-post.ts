import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { type Permission, requireLiveCredential } from '../users/live-credential.js';
import { lockUsers } from '../users/lock-user.js';
import { PostNotFound } from './errors.js';
import { isPost, type PostRef } from './post.js';
import { posts } from './table.js';

const PERMISSION: Permission = { coordinate: 'Mutation.deletePost', scopes: ['posts:write'] };

/**
 * Deletes a post for good.
 *
 * @returns its id.
 * @throws PostNotFound; CredentialEnded, ScopesMissing. Nothing was deleted.
 */
export async function deletePost(database: Database, ref: PostRef, actor: Actor): Promise<string> {
  return await database.transaction(async (transaction) => {
    // The statement waits for the post; only then is the credential judged, and the deletion undone where it has ended.
    const [post] = await transaction.delete(posts).where(isPost(ref)).returning({ id: posts.id });
    if (post === undefined) throw new PostNotFound();
    await lockUsers(transaction, [], actor);
    await requireLiveCredential(transaction, actor, PERMISSION);
    return post.id;
  });
}
