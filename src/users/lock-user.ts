import { and, asc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import { ScopesMissing } from '../auth/errors.js';
import { SCOPES } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { DatabaseContended } from '../database/failure.js';
import { seconds } from '../database/seconds.js';
import { BadUserInput } from '../errors.js';
import { balances } from '../points/table.js';
import { UserNotFound } from './errors.js';
import { type Permission, requireLiveCredential } from './live-credential.js';
import { isUser } from './read-users.js';
import { users } from './table.js';
import { type User, userColumns } from './user.js';

/** A change of a user: who makes it, and by which permission. */
export interface UserChange extends Permission {
  readonly actor: Actor;
}

/** A user as they are under the lock. */
export interface LockedUser {
  readonly user: User;
  /** How many entries their ledger has. */
  readonly sequence: number;
  /** For an administrator: whether no other is left. */
  readonly isLastAdmin: boolean;
}

/**
 * Takes the locks under which a user is changed, held to the end of the transaction: the user, the user behind the
 * credential and, for an administrator, all administrators, in the order of ids; then the balance; then the credential.
 * The user behind the credential is locked in share mode, so that their changes of different users do not wait for each
 * other.
 *
 * @throws UserNotFound; CredentialEnded; ScopesMissing also for an administrator, unless the credential holds every scope
 *   or is a session of their own; DatabaseContended where the user has become an administrator at this moment.
 */
export async function lockUser(
  transaction: Database,
  userId: string,
  { actor, ...permission }: UserChange,
): Promise<LockedUser> {
  const [named] = await transaction
    .select({ role: users.role })
    .from(users)
    .where(isUser({ id: userId }));
  if (named === undefined) throw new UserNotFound();
  const isAdmin = and(eq(users.role, 'ADMIN'), isNull(users.deletedAt));
  const isChanged = or(eq(users.id, userId), named.role === 'ADMIN' ? isAdmin : undefined);
  const locked = await lockInOrder(transaction, isChanged, { actorId: actor.userId, isOwn: actor.userId === userId });
  const user = locked.find(({ id }) => id === userId);
  const [balance] = await transaction
    .select({ sequence: balances.sequence })
    .from(balances)
    .where(eq(balances.userId, userId))
    .for('no key update');
  const held = await requireLiveCredential(transaction, actor, permission);
  if (user === undefined || user.deletedAt !== null || balance === undefined) throw new UserNotFound();
  if (user.role === 'ADMIN') {
    if (named.role !== 'ADMIN') throw new DatabaseContended(); // the other administrators are not locked
    const isOwn = actor.credential.kind === 'USER' && actor.userId === userId;
    if (!isOwn && SCOPES.some((scope) => !held.includes(scope))) {
      throw new ScopesMissing(
        permission.coordinate,
        { required: SCOPES, held },
        (missing) => `An ADMIN is changed only by a caller who holds every scope. Missing: ${missing}.`,
      );
    }
  }
  const admins = locked.filter(({ role, deletedAt }) => role === 'ADMIN' && deletedAt === null);
  return { user, sequence: balance.sequence, isLastAdmin: admins.length === 1 && admins[0]?.id === userId };
}

/**
 * Locks the users who are changed, and in share mode the user behind the credential, in the order of ids.
 *
 * @param caller.isOwn whether the user behind the credential is the one who is changed.
 */
export async function lockInOrder(
  transaction: Database,
  isChanged: SQL | undefined,
  { actorId, isOwn }: { readonly actorId: string | null; readonly isOwn: boolean },
): Promise<User[]> {
  const lock = async (isWanted: SQL | undefined, strength: 'no key update' | 'share') =>
    await transaction.select(userColumns).from(users).where(isWanted).orderBy(asc(users.id)).for(strength);
  if (actorId === null || isOwn) return await lock(isChanged, 'no key update');
  return [
    ...(await lock(and(isChanged, lt(users.id, actorId)), 'no key update')),
    ...(await lock(eq(users.id, actorId), 'share')),
    ...(await lock(and(isChanged, gt(users.id, actorId)), 'no key update')),
  ];
}

/**
 * Locks users against deletion and a change of role, and with them the user behind the credential.
 *
 * @returns those who are not deleted; `now` is when the transaction began, in seconds since 1970 by the database's clock.
 */
export async function lockUsers(
  transaction: Database,
  ids: readonly string[],
  actor: Actor,
): Promise<(User & { readonly now: number })[]> {
  const wanted = actor.userId === null ? ids : [...ids, actor.userId];
  if (wanted.length === 0) return [];
  const locked = await transaction
    .select({ ...userColumns, now: seconds(sql`now()`) })
    .from(users)
    .where(inArray(users.id, [...wanted]))
    .orderBy(asc(users.id))
    .for('share');
  return locked.filter(({ deletedAt }) => deletedAt === null);
}

/** @throws BadUserInput naming the field, where no other administrator is left. */
export function refuseLosingLastAdmin({ isLastAdmin }: LockedUser, field: string): void {
  if (isLastAdmin) throw new BadUserInput(field, 'This is the last ADMIN. Make another user ADMIN first.');
}
