import type { PooledDatabase } from '../database/connect.js';
import type { User } from '../users/user.js';

/** The option of commands that change points. */
export const OWNER_OPTION = [
  '--owner <name>',
  'the user who is recorded as the owner; keys are unique per owner',
  'admin',
] as const;

/**
 * The user whom {@link OWNER_OPTION} names.
 *
 * @throws UserNotFound
 */
export async function findOwner(database: PooledDatabase, name: string): Promise<User> {
  const [{ createUserByName }, { UserNotFound }] = await Promise.all([
    import('../users/read-users.js'),
    import('../users/errors.js'),
  ]);
  const owner = await createUserByName(database)(name);
  if (owner === undefined) throw new UserNotFound();
  return owner;
}
