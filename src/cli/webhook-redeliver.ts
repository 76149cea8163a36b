import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import { parseCount } from './parse-count.js';

interface Options {
  readonly user: string;
  readonly from: number;
}

/** `scrip webhook redeliver`: the entries of one user once more. */
export function defineWebhookRedeliver(webhook: Command): void {
  webhook
    .command('redeliver')
    .description('send the entries of a user once more, from a sequence on')
    .argument('<id>', 'the id that `scrip webhook list` shows')
    .requiredOption('--user <user>', 'whose entries: a name or an id')
    .requiredOption('--from <sequence>', 'the sequence of the first entry', parseCount(2 ** 31 - 1))
    .action(redeliver);
}

async function redeliver(id: string, { user, from }: Options): Promise<void> {
  const [{ withDatabase }, { parseId }, { redeliverWebhook }, { findUser }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../webhooks/redeliver-webhook.js'),
    import('./find-user.js'),
  ]);
  const [webhook, of] = await withDatabase(async (database) => {
    const found = await findUser(database, user);
    const redelivery = { id: parseId(id), userId: found.id, fromSequence: from };
    return [await redeliverWebhook(database, redelivery, COMMAND_LINE), found] as const;
  });
  process.stderr.write(`The webhook ${webhook.id} is sent the entries of ${of.username} from ${from} on.\n`);
}
