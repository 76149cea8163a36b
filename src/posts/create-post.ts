import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { PooledDatabase } from '../database/connect.js';
import { UserNotFound } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import type { Post } from './post.js';
import { posts } from './table.js';

/** A post to write. Title and body have been checked: 1 to 200 and up to 20,000 characters. */
export interface NewPost {
  readonly authorId: string;
  readonly title: string;
  readonly body: string;
}

/**
 * Writes a post.
 *
 * @throws UserNotFound when there is no such author; CredentialEnded, ScopesMissing. Nothing was written.
 */
export async function createPost(
  database: PooledDatabase,
  { authorId, title, body }: NewPost,
  actor: Actor,
): Promise<Post> {
  return await database.keyedTransactions.run({ key: authorId, recheck: actor.recheck }, async (transaction) => {
    // Locked: otherwise the author could be deleted, and their posts, before the insertion.
    const locked = await lockUsers(transaction, actor, { kept: [authorId] });
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.createPost', ownerId: authorId });
    if (!locked.has(authorId)) throw new UserNotFound();
    const [post] = await transaction.insert(posts).values({ id: uuid(), authorId, title, body }).returning();
    if (post === undefined) throw new Error('The insertion of a post returned no row.');
    return post;
  });
}
