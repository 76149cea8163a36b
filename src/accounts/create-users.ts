import { v7 as uuid } from 'uuid';
import { recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { balances } from '../points/table.js';
import { takeUsernames } from '../users/resting-usernames.js';
import { users } from '../users/table.js';
import { foldUsername, type User, userColumns } from '../users/user.js';
import type { NewUserRow } from './insert-user.js';

/** What users are created with. */
interface UsersCreator {
  readonly database: Database;
  /** USERNAME_REST_DAYS; 0: a freed name can be taken at once. */
  readonly usernameRestDays: number;
}

/** The result of creating users. */
export interface NewUsers {
  readonly created: readonly User[];
  /** When the names that rest can be taken, by name in lower case: no user was created for them. */
  readonly resting: ReadonlyMap<string, Date>;
}

/**
 * Creates users in one transaction. A name that an active user has, that is given twice or that rests is skipped.
 *
 * @returns the users that were created, and the names that rest.
 */
export async function createUsers(
  { database, usernameRestDays }: UsersCreator,
  wanted: readonly NewUserRow[],
  actor: Actor,
): Promise<NewUsers> {
  const resting = new Map<string, Date>();
  for (;;) {
    const available = wanted.filter(({ username }) => !resting.has(foldUsername(username)));
    try {
      return { created: await insertUsers(database, available, { actor, usernameRestDays }), resting };
    } catch (error) {
      if (!(error instanceof UsernamesRest)) throw error;
      for (const [name, availableAt] of error.resting) resting.set(name, availableAt);
    }
  }
}

/** Names rest that were about to be taken: a user who was inserted cannot be deleted, so the transaction is undone. */
class UsernamesRest extends Error {
  readonly resting: ReadonlyMap<string, Date>;

  constructor(resting: ReadonlyMap<string, Date>) {
    super('Some of the names rest.');
    this.resting = resting;
  }
}

/** @throws UsernamesRest */
async function insertUsers(
  database: Database,
  wanted: readonly NewUserRow[],
  { actor, usernameRestDays }: { readonly actor: Actor; readonly usernameRestDays: number },
): Promise<User[]> {
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
    const names = created.map(({ username }) => username);
    const resting = await takeUsernames(transaction, names, usernameRestDays);
    if (resting.size > 0) throw new UsernamesRest(resting);
    await transaction.insert(balances).values(created.map(({ id }) => ({ userId: id })));
    await recordAll(
      transaction,
      actor,
      created.map(({ id }) => ({ action: 'USER_CREATED', subjectId: id })),
    );
    return created;
  });
}
