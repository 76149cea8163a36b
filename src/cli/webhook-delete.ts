import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/** `scrip webhook delete`: what was not delivered is never sent. */
export function defineWebhookDelete(webhook: Command): void {
  webhook
    .command('delete')
    .description('delete a webhook with its keys; what was not delivered is never sent')
    .argument('<id>', 'the id that `scrip webhook list` shows')
    .action(deleteById);
}

async function deleteById(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { deleteWebhook }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../webhooks/delete-webhook.js'),
  ]);
  const deleted = await withDatabase((database) => deleteWebhook(database, parseId(id), COMMAND_LINE));
  process.stderr.write(`Deleted the webhook ${deleted}.\n`);
}
