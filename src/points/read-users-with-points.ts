/** Reads users together with their points: the most frequent read of all, in one wait for the database. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, isAnyKey, list } from '../database/read-by-key.js';
import type { ExternalRef } from '../users/external-ref.js';
import { createReadOneByExternalId, isWantedExternalId, wantedExternalIds } from '../users/read-external-ids.js';
import { wantedUser, wantedUsernames } from '../users/read-users.js';
import { externalIds, users } from '../users/table.js';
import { foldUsername, type User, userColumns } from '../users/user.js';
import { balances } from './table.js';

/** A user with the points that were read in the same statement; undefined: none were. */
export type UserWithPoints = User & { readonly points?: number | undefined };

/** Creates a read of users with points by id, of deleted ones too; concurrent reads share a statement. */
export function createUserWithPointsById(
  database: PreparedDatabase,
): (id: string) => Promise<UserWithPoints | undefined> {
  return createReadByKey(database, {
    name: 'users_with_points_by_id',
    select: database
      .select({ ...userColumns, points })
      .from(users)
      .leftJoin(balances, eq(balances.userId, users.id))
      .where(isAnyKey(users.id)),
    keyOf: (user) => user.id,
  });
}

/** Creates a read of active users with points by name, case-insensitive; concurrent reads share a statement. */
export function createUserWithPointsByName(
  database: PreparedDatabase,
): (username: string) => Promise<UserWithPoints | undefined> {
  const read = createReadByKey(database, {
    name: 'users_with_points_by_name',
    select: database
      .select({ ...userColumns, points })
      .from(wantedUsernames)
      .crossJoinLateral(wantedUser(database))
      .leftJoin(balances, eq(balances.userId, users.id)),
    keyOf: (user) => foldUsername(user.username),
  });
  return (username) => read(foldUsername(username));
}

/** Creates a read of active users with points by an id in another system; concurrent reads share a statement. */
export function createUserWithPointsByExternalId(
  database: PreparedDatabase,
): (ref: ExternalRef) => Promise<UserWithPoints | undefined> {
  const select = database
    .select({ list, row: { ...userColumns, points } })
    .from(wantedExternalIds())
    .innerJoin(externalIds, isWantedExternalId)
    .innerJoin(users, and(eq(users.id, externalIds.userId), isNull(users.deletedAt)))
    .leftJoin(balances, eq(balances.userId, users.id));
  return createReadOneByExternalId(prepare(database, 'users_with_points_by_external_id', select));
}

const points = sql`coalesce(${balances.points}, 0)`.mapWith(balances.points);
