import { v7 as uuid } from 'uuid';
import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { balances } from '../points/table.js';
import { USERNAME_CONSTRAINTS } from '../users/errors.js';
import { type RestRules, takeUsername } from '../users/resting-usernames.js';
import { users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';

/** The row of a user to create; without a `passwordHash` they cannot log in. */
export interface NewUserRow extends Pick<User, 'username' | 'role'> {
  /** Absent: a new one. */
  readonly id?: string;
  readonly passwordHash: string | null;
}

/**
 * Inserts a user and their balance.
 *
 * @throws UsernameTaken, which ends the transaction.
 */
export async function insertUser(transaction: Database, user: NewUserRow, rules: RestRules): Promise<User> {
  const insertion = transaction
    .insert(users)
    .values({ id: uuid(), ...user })
    .returning(userColumns);
  const [inserted] = await onConstraint(insertion, USERNAME_CONSTRAINTS);
  if (inserted === undefined) throw new Error('The insertion of a user returned no row.');
  await takeUsername(transaction, inserted, rules);
  await transaction.insert(balances).values({ userId: inserted.id });
  return inserted;
}
