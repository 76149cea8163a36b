import type { PooledDatabase } from '../database/connect.js';
import type { User } from '../users/user.js';

/**
 * The user with a name, or with an id, who may be deleted.
 *
 * @throws UserNotFound
 */
export async function findUser(database: PooledDatabase, nameOrId: string): Promise<User> {
  const [{ createUserById, createUserByName }, { UserNotFound }, { parseId }] = await Promise.all([
    import('../users/read-users.js'),
    import('../users/errors.js'),
    import('../input.js'),
  ]);
  const user = (await createUserByName(database)(nameOrId)) ?? (await createUserById(database)(parseId(nameOrId)));
  if (user === undefined) throw new UserNotFound();
  return user;
}
