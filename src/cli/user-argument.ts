import type { PooledDatabase } from '../database/connect.js';
import type { UserRef } from '../users/user.js';
import { parseExternalArgument } from './external-argument.js';
import { findUser } from './find-user.js';

/** A user as the commands that change points take one. */
export const USER_ARGUMENT = 'a name, an id, or the id in another system, such as twitch:1234';

/**
 * The user that an argument names. No name has a colon.
 *
 * @throws UserNotFound, BadUserInput for what cannot be an id in another system.
 */
export async function findUserRef(database: PooledDatabase, argument: string): Promise<UserRef> {
  if (argument.includes(':')) return { external: await parseExternalArgument(argument) };
  return { id: (await findUser(database, argument)).id };
}
