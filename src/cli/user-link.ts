import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import { EXTERNAL_ARGUMENT, parseExternalArgument } from './external-argument.js';

/** `scrip user link`: links a user to an id in another system. */
export function defineUserLink(user: Command): void {
  user
    .command('link')
    .description('link a user to an id in another system, by which the user can be named')
    .argument('<name>', 'the user')
    .argument('<issuer:id>', EXTERNAL_ARGUMENT)
    .action(linkByName);
}

async function linkByName(name: string, text: string): Promise<void> {
  const [{ withDatabase }, { createUserByName }, { UserNotFound }, { linkExternalId }, { printable }] =
    await Promise.all([
      import('./with-database.js'),
      import('../users/read-users.js'),
      import('../users/errors.js'),
      import('../accounts/link-external-id.js'),
      import('./printable.js'),
    ]);
  const external = await parseExternalArgument(text);
  const user = await withDatabase(async (database) => {
    const named = await createUserByName(database)(name);
    if (named === undefined) throw new UserNotFound();
    return await linkExternalId(database, { userId: named.id, external, field: 'external' }, COMMAND_LINE);
  });
  process.stderr.write(`Linked the user ${user.username} to ${printable(text)}.\n`);
}
