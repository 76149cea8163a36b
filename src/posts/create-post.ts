import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { inTurn } from '../database/turns.js';
import { UserNotFound } from '../users/errors.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
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
 * @throws UserNotFound when there is no such author. Nothing was written.
 */
export async function createPost(
  database: Database,
  { authorId, title, body }: NewPost,
  { recheck }: Pick<Actor, 'recheck'>,
): Promise<Post> {
  return await inTurn(database, { key: authorId, recheck }, async (transaction) => {
    // Shared lock: the author cannot be deleted, and their posts with them, between this look and the insertion.
    const isAuthor = isUser({ id: authorId });
    const [writer] = await transaction.select({ id: users.id }).from(users).where(isAuthor).for('share');
    if (writer === undefined) throw new UserNotFound();
    const [post] = await transaction.insert(posts).values({ id: uuid(), authorId: writer.id, title, body }).returning();
    if (post === undefined) throw new Error('The insertion of a post returned no row.');
    return post;
  });
}
