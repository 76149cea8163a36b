import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import type { Window } from '../throttles/window.js';
import { USERNAME_CONSTRAINTS, UserNotFound } from '../users/errors.js';
import { lockUser, refuseLosingLastAdmin } from '../users/lock-user.js';
import { formerUsernames, users } from '../users/table.js';
import { type User, userColumns } from '../users/user.js';

/** What is to change; what is undefined stays. `username` has passed `parseNewUsername`. */
export interface UserChanges {
  readonly username: string | undefined;
  readonly role: User['role'] | undefined;
}

/**
 * Changes a user's name or role, from the next request on. The old name is remembered for the entries written under it.
 *
 * @param renames counts the changes of name that users make to themselves.
 * @throws UserNotFound, UsernameTaken, RateLimited; BadUserInput for the last ADMIN; CredentialEnded, ScopesMissing.
 *   Nothing was changed.
 */
export async function updateUser(
  { database, renames }: { readonly database: PooledDatabase; readonly renames: Window },
  userId: string,
  changes: UserChanges,
  actor: Actor,
): Promise<User> {
  return await onConstraint(
    database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
      const change = { actor, coordinate: 'Mutation.updateUser', scopes: ['users:write'] as const };
      const locked = await lockUser(transaction, userId, change);
      const { user, sequence } = locked;
      const { username = user.username, role = user.role } = changes;
      if (role !== 'ADMIN') refuseLosingLastAdmin(locked, 'input.role');
      if (username !== user.username) {
        if (actor.credential.kind === 'USER' && actor.userId === user.id) await renames.count(user.id, transaction);
        await transaction
          .insert(formerUsernames)
          .values({ userId: user.id, untilSequence: sequence, username: user.username })
          // Renamed twice between two entries: no entry was written under the name in between.
          .onConflictDoNothing();
        await record(transaction, actor, { action: 'USER_UPDATED', subjectId: user.id });
      }
      if (role !== user.role) {
        const detail = `${user.role} to ${role}`;
        await record(transaction, actor, { action: 'ROLE_CHANGED', subjectId: user.id, detail });
      }
      const [updated] = await transaction
        .update(users)
        .set({ username, role })
        .where(eq(users.id, user.id))
        .returning(userColumns);
      if (updated === undefined) throw new UserNotFound();
      return updated;
    }),
    USERNAME_CONSTRAINTS,
  );
}
