import { asc, inArray, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { lockInOrder, type Wanted } from '../database/lock-in-order.js';
import { seconds } from '../database/seconds.js';
import { users } from './table.js';
import { type User, userColumns } from './user.js';

/** A locked user. */
export interface LockedUser extends User {
  /** When the transaction began, in seconds since 1970 by the database's clock. */
  readonly now: number;
}

/**
 * Locks users until the transaction ends, the given ones and the owner of the credential, before anything else that
 * belongs to them: see `requireLiveCredential`. A kept user is neither deleted nor given another role, name or password.
 *
 * @returns the active users among them, by id.
 */
export async function lockUsers(
  transaction: Database,
  actor: Actor,
  { changed = [], kept = [] }: Partial<Wanted> = {},
): Promise<ReadonlyMap<string, LockedUser>> {
  const caller = actor.userId === null ? [] : [actor.userId];
  const locked = await lockInOrder({ changed, kept: [...kept, ...caller] }, (ids, strength) =>
    transaction
      .select({ ...userColumns, now: seconds(sql`now()`) })
      .from(users)
      .where(inArray(users.id, ids))
      .orderBy(asc(users.id))
      .for(strength),
  );
  return new Map(locked.filter(({ deletedAt }) => deletedAt === null).map((user) => [user.id, user]));
}
