import { eq } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { UserNotFound, UsernameTaken } from './errors.js';
import { lockUser, refuseLosingLastAdmin } from './lock-user.js';
import { formerUsernames, users } from './table.js';
import { type User, type UserRef, userColumns } from './user.js';

/** What is to change; what is undefined stays. `username` has passed `parseUsername`. */
export interface UserChanges {
  readonly username: string | undefined;
  readonly role: User['role'] | undefined;
}

/**
 * Changes a user's name or role, from the next request on. The old name is remembered for the entries written under it.
 *
 * @throws UserNotFound, UsernameTaken; LastAdmin when nobody would be left to administer. Nothing was changed.
 */
export async function updateUser(database: Database, ref: UserRef, changes: UserChanges): Promise<User> {
  return await onConstraint(
    database.transaction(async (transaction) => {
      const { user, sequence } = await lockUser(transaction, ref);
      const { username = user.username, role = user.role } = changes;
      if (user.role === 'ADMIN' && role !== 'ADMIN') await refuseLosingLastAdmin(transaction, user, 'input.role');
      if (username !== user.username) {
        await transaction
          .insert(formerUsernames)
          .values({ userId: user.id, untilSequence: sequence, username: user.username })
          // Renamed twice between two entries: no entry was written under the name in between.
          .onConflictDoNothing();
      }
      const [updated] = await transaction
        .update(users)
        .set({ username, role })
        .where(eq(users.id, user.id))
        .returning(userColumns);
      if (updated === undefined) throw new UserNotFound();
      return updated;
    }),
    { users_have_unique_names: () => new UsernameTaken() },
  );
}
