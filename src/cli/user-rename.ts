import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/**
 * `scrip user rename`: gives a user another name. It works while migrations are pending, because it is the way out where
 * two names stop one.
 */
export function defineUserRename(user: Command): void {
  user
    .command('rename')
    .description('give a user another name; migrations may be pending')
    .argument('<id>', 'the id of the user')
    .argument('<name>', '1 to 64 characters out of A-Z, a-z, 0-9, _, . and -')
    .action(renameUser);
}

async function renameUser(id: string, name: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { parseNewUsername }, { canNamesRest }, { updateUser }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../users/user.js'),
    import('../users/resting-usernames.js'),
    import('../accounts/update-user.js'),
  ]);
  const userId = parseId(id);
  const changes = { username: parseNewUsername('name', name), role: undefined };
  const renamed = await withDatabase(
    async (database, config) => {
      const usernameRestDays = (await canNamesRest(database)) ? config.usernameRestDays : undefined;
      return await updateUser({ database, usernameRestDays }, userId, changes, COMMAND_LINE);
    },
    { migrations: 'ignore' },
  );
  process.stderr.write(`Renamed the user ${renamed.id} to ${renamed.username}.\n`);
}
