import type { PooledDatabase } from '../database/connect.js';
import { NO_ID } from '../input.js';
import { createBalanceOf, createEntriesOf, createEntryByRef } from '../points/read-points.js';
import { createPointsByDay, createPointsTotals } from '../points/read-totals.js';
import {
  createBodyOf,
  createPostById,
  createPostCountOf,
  createPostsInBriefOf,
  createPostsOf,
} from '../posts/read-posts.js';
import { createSessionCountOf, createSessionsOf } from '../sessions/read-sessions.js';
import { createTokenById, createTokenCountOf, createTokensOf } from '../tokens/read-tokens.js';
import { createLivingUsers, createUserById, createUserByName } from '../users/read-users.js';
import type { User, UserRef } from '../users/user.js';

/**
 * What resolvers read by key. Reads that are requested at the same time share a statement, across the fields of a request
 * and across requests. Nothing is cached.
 */
export type Reads = ReturnType<typeof createReads>;

/**
 * @param priority where rows are looked up by key: these are short, and at low load one backend of PostgreSQL, with all that
 *   it has cached, serves a request's credential and its data. That was 15 % with a user by name.
 */
export function createReads(database: PooledDatabase, priority: PooledDatabase) {
  const userById = createUserById(priority);
  const userByName = createUserByName(priority);
  return {
    userById,
    userByName,
    livingUsers: createLivingUsers(database),
    /** The user that a row refers to. */
    existingUser: async (id: string): Promise<User> => {
      const user = await userById(id);
      if (user === undefined) throw new Error('A row refers to a user who is not there.');
      return user;
    },
    /** The id of the user that is named; the nil UUID where there is no such user. */
    userId: async (ref: UserRef): Promise<string> => ref.id ?? (await userByName(ref.username))?.id ?? NO_ID,
    postById: createPostById(priority),
    bodyOf: createBodyOf(database),
    postsOf: createPostsOf(database),
    postsInBriefOf: createPostsInBriefOf(database),
    postCountOf: createPostCountOf(database),
    sessionsOf: createSessionsOf(database),
    sessionCountOf: createSessionCountOf(database),
    tokenById: createTokenById(priority),
    tokensOf: createTokensOf(database),
    tokenCountOf: createTokenCountOf(database),
    balanceOf: createBalanceOf(priority),
    entryByRef: createEntryByRef(priority),
    entriesOf: createEntriesOf(database),
    pointsTotals: createPointsTotals(database),
    pointsByDay: createPointsByDay(database),
  };
}
