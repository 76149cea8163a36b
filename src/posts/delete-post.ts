import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Database } from '../database/connect.js';
import { PostNotFound } from './errors.js';
import { lockAuthor } from './lock-author.js';
import { isPost, type PostRef } from './post.js';
import { posts } from './table.js';

/**
 * Deletes a post permanently.
 *
 * @returns its id.
 * @throws PostNotFound; CredentialEnded, ScopesMissing. Nothing was deleted.
 */
export async function deletePost(database: Database, ref: PostRef, actor: Actor): Promise<string> {
  return await database.transaction(async (transaction) => {
    const ownerId = await lockAuthor(transaction, ref, actor);
    // The statement waits for the post; the credential is checked after it, and the deletion undone where it has ended.
    const [post] = await transaction.delete(posts).where(isPost(ref)).returning({ id: posts.id });
    if (post === undefined) throw new PostNotFound();
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.deletePost', ownerId });
    return post.id;
  });
}
