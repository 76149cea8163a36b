import { v7 as uuid } from 'uuid';
import { record, recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential, requireScopes } from '../auth/live-credential.js';
import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { balances } from '../points/table.js';
import { USERNAME_CONSTRAINTS } from '../users/errors.js';
import type { ExternalRef } from '../users/external-ref.js';
import { lockUsers } from '../users/lock-users.js';
import type { Passwords } from '../users/password-hash.js';
import { type RestRules, takeUsername, takeUsernames } from '../users/resting-usernames.js';
import { users } from '../users/table.js';
import { foldUsername, type User, userColumns } from '../users/user.js';
import { linkIds } from './link-ids.js';

/** What users are created with. */
interface UserCreator {
  readonly database: Database;
  readonly passwords: Passwords;
  /** USERNAME_REST_DAYS; 0: a freed name can be taken at once. */
  readonly usernameRestDays: number;
}

/** A user to create. */
export interface NewUser {
  /** Has passed `parseNewUsername`. */
  readonly username: string;
  readonly role: User['role'];
  /** Has passed `parsePassword`; null: they cannot log in. */
  readonly password: string | null;
  /** Have passed `parseExternalRefs`; none by default. */
  readonly externalIds?: readonly ExternalRef[] | undefined;
}

/** The result of creating users. */
export interface NewUsers {
  readonly created: readonly User[];
  /** When the names that rest can be taken, by name in lower case: no user was created for them. */
  readonly resting: ReadonlyMap<string, Date>;
}

/** The row of a user to create; without a `passwordHash` they cannot log in. */
interface NewUserRow extends Pick<NewUser, 'username' | 'role'> {
  /** Absent: a new one. */
  readonly id?: string;
  readonly passwordHash: string | null;
}

/**
 * Creates a user, with an empty balance.
 *
 * @throws UsernameTaken when an active user has the name, case-insensitive, or it rests; ExternalIdTaken; PasswordsOverloaded;
 *   CredentialEnded, ScopesMissing; DatabaseContended. Nothing was created.
 */
export async function createUser(
  { database, passwords, usernameRestDays: restDays }: UserCreator,
  { username, role, password, externalIds = [] }: NewUser,
  actor: Actor,
): Promise<User> {
  const passwordHash = password === null ? null : await passwords.hash(password);
  if (passwordHash !== null) await actor.recheck(); // the credential may have ended while the hash waited

  return await database.transaction(async (transaction) => {
    await lockUsers(transaction, actor);
    const held = await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.createUser' });
    if (externalIds.length > 0) {
      const by = { kind: actor.credential.kind, userId: actor.userId };
      requireScopes({ by, coordinate: 'CreateUserInput.externalIds' }, held);
    }
    const rules = { restDays, tellsWhen: held.includes('users:write') };
    const created = await insertUser(transaction, { username, role, passwordHash }, rules);
    await record(transaction, actor, { action: 'USER_CREATED', subjectId: created.id });
    await linkIds(transaction, { userId: created.id, refs: externalIds, held }, actor);
    return created;
  });
}

/**
 * Creates users in one transaction. A name that an active user has, that is given twice or that rests is skipped.
 *
 * @returns the users that were created, and the names that rest.
 */
export async function createUsers(
  { database, usernameRestDays }: Omit<UserCreator, 'passwords'>,
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
