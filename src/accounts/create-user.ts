import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { type DelegatingCoordinate, requireLiveCredential } from '../auth/live-credential.js';
import type { Database } from '../database/connect.js';
import type { ExternalRef } from '../users/external-ref.js';
import { lockUsers } from '../users/lock-users.js';
import type { Passwords } from '../users/password-hash.js';
import type { User } from '../users/user.js';
import { insertUser } from './insert-user.js';
import { linkIds } from './link-ids.js';

/** What a user is created with. */
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

/** The input field by which a new user gets access, in the order of the input. */
function delegationOf({ role, password }: Pick<NewUser, 'role' | 'password'>): DelegatingCoordinate | null {
  if (password !== null) return 'CreateUserInput.password';
  return role === 'USER' ? null : 'CreateUserInput.role';
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
    const delegation = delegationOf({ role, password });
    const input = externalIds.length > 0 ? 'CreateUserInput.externalIds' : undefined;
    const change = { actor, coordinate: 'Mutation.createUser', delegation, input } as const;
    const held = await requireLiveCredential(transaction, change);
    const rules = { restDays, tellsWhen: held.includes('users:write') };
    const created = await insertUser(transaction, { username, role, passwordHash }, rules);
    await record(transaction, actor, { action: 'USER_CREATED', subjectId: created.id });
    await linkIds(transaction, { userId: created.id, refs: externalIds, held }, actor);
    return created;
  });
}
