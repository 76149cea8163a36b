import { and, eq, isNull } from 'drizzle-orm';
import { ScopesMissing } from '../auth/errors.js';
import { type Change, requireLiveCredential } from '../auth/live-credential.js';
import { SCOPES, type Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { DatabaseContended } from '../database/failure.js';
import { BadUserInput } from '../errors.js';
import { balances } from '../points/table.js';
import { UserNotFound } from '../users/errors.js';
import { type LockedUser, lockUsers } from '../users/lock-users.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';

/** A locked user with the balance. */
export interface LockedAccount {
  readonly user: LockedUser;
  /** The scopes that the caller's credential holds. */
  readonly held: readonly Scope[];
  /** Number of ledger entries of the user. */
  readonly sequence: number;
  /** The user is an administrator, and no other is left. */
  readonly isLastAdmin: boolean;
}

/**
 * Takes the locks under which a user is changed, held until the transaction ends: the user and, for an administrator, all
 * administrators; the balance, so that no points are changed meanwhile; the credential.
 *
 * @throws UserNotFound; CredentialEnded; ScopesMissing also for an administrator, unless the credential holds every scope
 *   or is a session of their own; DatabaseContended where the user has become an administrator at this moment.
 */
export async function lockAccount(transaction: Database, userId: string, change: Change): Promise<LockedAccount> {
  const [named] = await transaction
    .select({ role: users.role })
    .from(users)
    .where(isUser({ id: userId }));
  if (named === undefined) throw new UserNotFound();
  const admins = named.role === 'ADMIN' ? await findAdmins(transaction) : [];
  const locked = await lockUsers(transaction, change.actor, { changed: [userId, ...admins] });
  const [balance] = await transaction
    .select({ sequence: balances.sequence })
    .from(balances)
    .where(eq(balances.userId, userId))
    .for('no key update');
  const held = await requireLiveCredential(transaction, change);
  const user = locked.get(userId);
  if (user === undefined || balance === undefined) throw new UserNotFound();
  if (user.role !== 'ADMIN') return { user, held, sequence: balance.sequence, isLastAdmin: false };
  if (named.role !== 'ADMIN') throw new DatabaseContended(); // the other administrators are not locked
  const isOwnSession = change.actor.credential.kind === 'USER' && change.actor.userId === userId;
  if (!isOwnSession && SCOPES.some((scope) => !held.includes(scope))) {
    throw new ScopesMissing(
      change.coordinate,
      { required: SCOPES, held },
      (missing) => `An ADMIN is changed only by a caller who holds every scope. Missing: ${missing}.`,
    );
  }
  const isLastAdmin = !admins.some((id) => id !== userId && locked.get(id)?.role === 'ADMIN');
  return { user, held, sequence: balance.sequence, isLastAdmin };
}

async function findAdmins(database: Database): Promise<string[]> {
  const admins = await database
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'ADMIN'), isNull(users.deletedAt)));
  return admins.map(({ id }) => id);
}

/** @throws BadUserInput naming the field, where no other administrator is left. */
export function refuseLosingLastAdmin({ isLastAdmin }: LockedAccount, field: string): void {
  if (isLastAdmin) throw new BadUserInput(field, 'This is the last ADMIN. Make another user ADMIN first.');
}
