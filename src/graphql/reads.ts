import type { PooledDatabase, PreparedDatabase } from '../database/connect.js';
import { NO_ID } from '../input.js';
import { createAvailableOf, createHoldByRef, createHoldCountOf, createHoldsOf } from '../points/holds/read-holds.js';
import { createEntryByRef, createOriginOf, createReversalOf } from '../points/read-entries.js';
import { createLeaders } from '../points/read-leaders.js';
import { createBalanceOf, createEntriesOf } from '../points/read-points.js';
import { createStatementOf } from '../points/read-statement.js';
import { createPointsByDay, createPointsTotals } from '../points/read-totals.js';
import {
  createUserWithPointsByExternalId,
  createUserWithPointsById,
  createUserWithPointsByName,
} from '../points/read-users-with-points.js';
import { createHistorySearch } from '../points/search-history.js';
import {
  createBodyOf,
  createPostById,
  createPostCountOf,
  createPostsInBriefOf,
  createPostsOf,
} from '../posts/read-posts.js';
import { createSessionCountOf, createSessionsOf } from '../sessions/read-sessions.js';
import { createTokenById, createTokenCountOf, createTokensOf } from '../tokens/read-tokens.js';
import { createUsedToday } from '../tokens/read-used-today.js';
import type { ExternalRef } from '../users/external-ref.js';
import { createExternalIdsOf, createUserByExternalId } from '../users/read-external-ids.js';
import { createLivingUsers, createUserById, createUserByName } from '../users/read-users.js';
import type { User, UserRef } from '../users/user.js';
import { createNextAttemptOf, createPendingOf } from '../webhooks/read-pending.js';
import { createWebhookById } from '../webhooks/read-webhooks.js';

/**
 * What resolvers read by key. Reads that are requested at the same time share a statement, across the fields of a request
 * and across requests. Nothing is cached.
 */
export type Reads = ReturnType<typeof createReads>;

export function createReads(database: PooledDatabase, lookUps: PreparedDatabase) {
  const userById = createUserById(lookUps);
  const userByName = createUserByName(lookUps);
  const userBy = createUserBy({ byId: userById, byName: userByName, byExternalId: createUserByExternalId(lookUps) });
  const userWithPointsById = createUserWithPointsById(lookUps);
  return {
    userById,
    userBy,
    existingUser: existing(userById),
    /** The same, where the points of the user are needed too. */
    withPoints: {
      userBy: createUserBy({
        byId: userWithPointsById,
        byName: createUserWithPointsByName(lookUps),
        byExternalId: createUserWithPointsByExternalId(lookUps),
      }),
      existingUser: existing(userWithPointsById),
    },
    externalIdsOf: createExternalIdsOf(lookUps),
    livingUsers: createLivingUsers(database),
    /** The id of the user that is named; the nil UUID where there is no such user. */
    userId: async (ref: UserRef): Promise<string> => ref.id ?? (await userBy(ref))?.id ?? NO_ID,
    postById: createPostById(lookUps),
    bodyOf: createBodyOf(database),
    postsOf: createPostsOf(database),
    postsInBriefOf: createPostsInBriefOf(database),
    postCountOf: createPostCountOf(database),
    sessionsOf: createSessionsOf(database),
    sessionCountOf: createSessionCountOf(database),
    tokenById: createTokenById(lookUps),
    tokensOf: createTokensOf(database),
    tokenCountOf: createTokenCountOf(database),
    usedToday: createUsedToday(lookUps),
    balanceOf: createBalanceOf(lookUps),
    entryByRef: createEntryByRef(lookUps),
    reversalOf: createReversalOf(lookUps),
    originOf: createOriginOf(lookUps),
    entriesOf: createEntriesOf(database),
    availableOf: createAvailableOf(lookUps),
    holdByRef: createHoldByRef(lookUps),
    holdsOf: createHoldsOf(database),
    holdCountOf: createHoldCountOf(database),
    historySearch: createHistorySearch(database),
    statementOf: createStatementOf(database),
    webhookById: createWebhookById(lookUps),
    pendingOf: createPendingOf(database),
    nextAttemptOf: createNextAttemptOf(lookUps),
    leaders: createLeaders(database),
    pointsTotals: createPointsTotals(database),
    pointsByDay: createPointsByDay(database),
  };
}

interface UserReads<Found extends User> {
  readonly byId: (id: string) => Promise<Found | undefined>;
  readonly byName: (username: string) => Promise<Found | undefined>;
  readonly byExternalId: (ref: ExternalRef) => Promise<Found | undefined>;
}

/** Creates a read of the active user that a reference names. */
function createUserBy<Found extends User>({ byId, byName, byExternalId }: UserReads<Found>) {
  return async (ref: UserRef): Promise<Found | undefined> => {
    if (ref.username !== undefined) return await byName(ref.username);
    if (ref.external !== undefined) return await byExternalId(ref.external);
    const user = await byId(ref.id);
    return user?.deletedAt === null ? user : undefined;
  };
}

/** Creates a read of the user that a row refers to. */
function existing<Found extends User>(userById: (id: string) => Promise<Found | undefined>) {
  return async (id: string): Promise<Found> => {
    const user = await userById(id);
    if (user === undefined) throw new Error('A row refers to a user who is not there.');
    return user;
  };
}
