import { v7 as uuid } from 'uuid';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { balances } from '../points/table.js';
import { UsernameTaken } from './errors.js';
import { type Permission, requireLiveCredential } from './live-credential.js';
import { lockUsers } from './lock-user.js';
import { users } from './table.js';
import { type User, userColumns } from './user.js';

const PERMISSION: Permission = { coordinate: 'Mutation.createUser', scopes: ['users:write'] };

/** Who is to be created. `username` has passed `parseUsername`; without a `passwordHash` they cannot log in. */
export interface NewUser {
  readonly username: string;
  readonly role: User['role'];
  readonly passwordHash: string | null;
}

/**
 * Creates a user, with an empty balance.
 *
 * @throws UsernameTaken when a living user has the name in whatever case; CredentialEnded, ScopesMissing. Nothing was
 *   created.
 */
export async function createUser(database: Database, user: NewUser, actor: Actor): Promise<User> {
  return await database.transaction(async (transaction) => {
    await lockUsers(transaction, [], actor);
    await requireLiveCredential(transaction, actor, PERMISSION);
    const created = await insertUser(transaction, user);
    await record(transaction, actor, { action: 'USER_CREATED', subjectId: created.id });
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
  const [inserted] = await onConstraint(insertion, { users_have_unique_names: () => new UsernameTaken() });
  if (inserted === undefined) throw new Error('The insertion of a user returned no row.');
  await transaction.insert(balances).values({ userId: inserted.id });
  return inserted;
}
