import { v7 as uuid } from 'uuid';
import { record, recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { balances } from '../points/table.js';
import { USERNAME_CONSTRAINTS } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import { users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';

/** A user to create. `username` has passed `parseNewUsername`; without a `passwordHash` they cannot log in. */
export interface NewUser {
  readonly username: string;
  readonly role: User['role'];
  readonly passwordHash: string | null;
}

/**
 * Creates a user, with an empty balance.
 *
 * @throws UsernameTaken when an active user has the name, case-insensitive; CredentialEnded, ScopesMissing.
 *   Nothing was created.
 */
export async function createUser(database: Database, user: NewUser, actor: Actor): Promise<User> {
  return await database.transaction(async (transaction) => {
    await lockUsers(transaction, actor);
    await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.createUser' });
    const created = await insertUser(transaction, user);
    await record(transaction, actor, { action: 'USER_CREATED', subjectId: created.id });
    return created;
  });
}

/**
 * Creates users in one transaction. A name that an active user has, or that is given twice, is skipped.
 *
 * @returns the users that were created.
 */
export async function createUsers(database: Database, wanted: readonly NewUser[], actor: Actor): Promise<User[]> {
  if (wanted.length === 0) return [];
  // In the order of names, so that two such transactions do not deadlock on the index of names.
  const ordered = wanted.toSorted((one, other) => (one.username.toLowerCase() < other.username.toLowerCase() ? -1 : 1));
  return await database.transaction(async (transaction) => {
    const created = await transaction
      .insert(users)
      .values(ordered.map((user) => ({ id: uuid(), ...user })))
      .onConflictDoNothing()
      .returning(userColumns);
    if (created.length === 0) return [];
    await transaction.insert(balances).values(created.map(({ id }) => ({ userId: id })));
    await recordAll(
      transaction,
      actor,
      created.map(({ id }) => ({ action: 'USER_CREATED', subjectId: id })),
    );
    return created;
  });
}

/**
 * Inserts a user and their balance.
 *
 * @throws UsernameTaken, which ends the transaction.
 */
export async function insertUser(transaction: Database, user: NewUser): Promise<User> {
  const insertion = transaction
    .insert(users)
    .values({ id: uuid(), ...user })
    .returning(userColumns);
  const [inserted] = await onConstraint(insertion, USERNAME_CONSTRAINTS);
  if (inserted === undefined) throw new Error('The insertion of a user returned no row.');
  await transaction.insert(balances).values({ userId: inserted.id });
  return inserted;
}
