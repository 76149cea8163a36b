import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import type { Window } from '../throttles/window.js';
import { USERNAME_CONSTRAINTS, UserNotFound } from '../users/errors.js';
import { freeUsername, requireRoomToRest, takeUsername } from '../users/resting-usernames.js';
import { formerUsernames, users } from '../users/table.js';
import { foldUsername, type User, userColumns } from '../users/user.js';
import { type LockedAccount, lockAccount, refuseLosingLastAdmin } from './lock-account.js';

/** The changes; undefined leaves a value as it is. `username` has passed `parseNewUsername`. */
export interface UserChanges {
  readonly username: string | undefined;
  readonly role: User['role'] | undefined;
}

/** What users are updated with. */
export interface UserUpdater {
  readonly database: PooledDatabase;
  /** Counts the names that users give themselves; undefined: not counted. */
  readonly renames?: Window | undefined;
  /** USERNAME_REST_DAYS; 0: no name rests; undefined: the database lacks the migration that lets names rest. */
  readonly usernameRestDays: number | undefined;
}

/**
 * Changes a user's name or role, from the next request on. The old name is kept for the entries written under it, and
 * rests: the user can take it back meanwhile.
 *
 * @throws UserNotFound, UsernameTaken, RateLimited, TooManyRestingUsernames; BadUserInput for the last ADMIN;
 *   CredentialEnded, ScopesMissing. Nothing was changed.
 */
export async function updateUser(
  { database, renames, usernameRestDays }: UserUpdater,
  userId: string,
  changes: UserChanges,
  actor: Actor,
): Promise<User> {
  // A role needs the scope, also one's own.
  const ownerId = changes.role === undefined ? userId : undefined;
  return await onConstraint(
    database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
      const isRaised = changes.role !== undefined && changes.role !== 'USER';
      const delegation = isRaised ? 'UpdateUserInput.role' : null;
      const change = { actor, coordinate: 'Mutation.updateUser', ownerId, delegation } as const;
      const locked = await lockAccount(transaction, userId, change);
      const { user } = locked;
      const { username = user.username, role = user.role } = changes;
      const isOwn = actor.credential.kind === 'USER' && actor.userId === userId;
      if (role !== 'ADMIN') refuseLosingLastAdmin(locked, 'input.role');
      if (username !== user.username) {
        if (isOwn) await renames?.count(userId, transaction);
        await keepFormerName(transaction, locked);
        await record(transaction, actor, { action: 'USER_UPDATED', subjectId: userId });
      }
      if (role !== user.role) {
        const detail = `${user.role} to ${role}`;
        await record(transaction, actor, { action: 'ROLE_CHANGED', subjectId: userId, detail });
      }
      const [updated] = await transaction
        .update(users)
        .set({ username, role })
        .where(eq(users.id, userId))
        .returning(userColumns);
      if (updated === undefined) throw new UserNotFound();
      if (usernameRestDays !== undefined) {
        await exchangeNames(transaction, { locked, username, isOwn, restDays: usernameRestDays });
      }
      return updated;
    }),
    USERNAME_CONSTRAINTS,
  );
}

/** A user's new name, once it is written. */
interface Renaming {
  readonly locked: LockedAccount;
  readonly username: string;
  /** Whether the session is that of the user who is renamed. */
  readonly isOwn: boolean;
  readonly restDays: number;
}

/** Takes the new name and frees the old one; in another case it stays the same. */
async function exchangeNames(transaction: Database, { locked, username, isOwn, restDays }: Renaming): Promise<void> {
  const { user, held } = locked;
  if (foldUsername(username) === foldUsername(user.username)) return;
  const rules = { restDays, tellsWhen: held.includes('users:write') };
  const isTakenBack = await takeUsername(transaction, { id: user.id, username }, rules);
  // A name that is taken back makes room for the one that is given up.
  if (isOwn && !isTakenBack) await requireRoomToRest(transaction, user.id, restDays);
  await freeUsername(transaction, user);
}

async function keepFormerName(transaction: Database, { user, sequence }: LockedAccount): Promise<void> {
  await transaction
    .insert(formerUsernames)
    .values({ userId: user.id, untilSequence: sequence, username: user.username });
}
