import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { balances } from '../points/table.js';
import { UserNotFound } from './errors.js';
import { isUser } from './read-users.js';
import { users } from './table.js';
import { type User, type UserRef, userColumns } from './user.js';

/**
 * Takes the locks under which a user is changed, held to the end of the transaction: for an administrator all
 * administrators, in the order of ids; then the balance, as every points operation does; then the user.
 *
 * @returns the user as they are under the lock, and how many entries their ledger has.
 * @throws UserNotFound
 */
export async function lockUser(transaction: Database, ref: UserRef): Promise<{ user: User; sequence: number }> {
  const [named] = await transaction.select({ id: users.id, role: users.role }).from(users).where(isUser(ref));
  if (named === undefined) throw new UserNotFound();
  if (named.role === 'ADMIN') await lockAdmins(transaction);
  const [balance] = await transaction
    .select({ sequence: balances.sequence })
    .from(balances)
    .where(eq(balances.userId, named.id))
    .for('no key update');
  const [user] = await transaction
    .select(userColumns)
    .from(users)
    .where(isUser({ id: named.id }))
    .for('no key update');
  if (user === undefined || balance === undefined) throw new UserNotFound();
  return { user, sequence: balance.sequence };
}

/**
 * Sees to it that somebody else is an administrator.
 *
 * @throws BadUserInput naming the field.
 */
export async function refuseLosingLastAdmin(transaction: Database, leaving: User, field: string): Promise<void> {
  const admins = await lockAdmins(transaction);
  if (admins.every((admin) => admin.id === leaving.id)) {
    throw new BadUserInput(field, 'This is the last ADMIN. Make another user ADMIN first.');
  }
}

/** Two administrators who step down at once wait here for each other, before either holds anything the other wants. */
async function lockAdmins(transaction: Database): Promise<{ id: string }[]> {
  return await transaction
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'ADMIN'), isNull(users.deletedAt)))
    .orderBy(asc(users.id))
    .for('no key update');
}
