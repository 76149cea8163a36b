import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import type { Window } from '../throttles/window.js';
import { USERNAME_CONSTRAINTS, UserNotFound } from '../users/errors.js';
import { formerUsernames, users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';
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
}

/**
 * Changes a user's name or role, from the next request on. The old name is kept for the entries written under it.
 *
 * @throws UserNotFound, UsernameTaken, RateLimited; BadUserInput for the last ADMIN; CredentialEnded, ScopesMissing.
 *   Nothing was changed.
 */
export async function updateUser(
  { database, renames }: UserUpdater,
  userId: string,
  changes: UserChanges,
  actor: Actor,
): Promise<User> {
  // A role needs the scope, also one's own.
  const ownerId = changes.role === undefined ? userId : undefined;
  return await onConstraint(
    database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
      const locked = await lockAccount(transaction, userId, { actor, coordinate: 'Mutation.updateUser', ownerId });
      const { user } = locked;
      const { username = user.username, role = user.role } = changes;
      if (role !== 'ADMIN') refuseLosingLastAdmin(locked, 'input.role');
      if (username !== user.username) {
        if (actor.credential.kind === 'USER' && actor.userId === userId) await renames?.count(userId, transaction);
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
      return updated;
    }),
    USERNAME_CONSTRAINTS,
  );
}

async function keepFormerName(transaction: Database, { user, sequence }: LockedAccount): Promise<void> {
  await transaction
    .insert(formerUsernames)
    .values({ userId: user.id, untilSequence: sequence, username: user.username })
    // Renamed twice between two entries: no entry was written under the name in between.
    .onConflictDoNothing();
}
