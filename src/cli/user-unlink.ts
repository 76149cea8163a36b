import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import { EXTERNAL_ARGUMENT, parseExternalArgument } from './external-argument.js';

/** `scrip user unlink`: unlinks an id in another system from its user. */
export function defineUserUnlink(user: Command): void {
  user
    .command('unlink')
    .description('unlink an id in another system from its user')
    .argument('<issuer:id>', EXTERNAL_ARGUMENT)
    .action(unlink);
}

async function unlink(text: string): Promise<void> {
  const [{ withDatabase }, { unlinkExternalId }, { printable }] = await Promise.all([
    import('./with-database.js'),
    import('../accounts/unlink-external-id.js'),
    import('./printable.js'),
  ]);
  const external = await parseExternalArgument(text);
  const user = await withDatabase((database) => unlinkExternalId(database, external, COMMAND_LINE));
  process.stderr.write(`Unlinked ${printable(text)} from the user ${user.username}.\n`);
}
