import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/** How the commands that change a webhook take its id. */
const ID_ARGUMENT = ['<id>', 'the id that `scrip webhook list` shows'] as const;

/** `scrip webhook pause`: events wait until it is resumed. */
export function defineWebhookPause(webhook: Command): void {
  webhook
    .command('pause')
    .description('pause a webhook: nothing is sent until it is resumed; pausing it again is no error')
    .argument(...ID_ARGUMENT)
    .action(pause);
}

/** `scrip webhook resume`: a paused webhook is sent events again. */
export function defineWebhookResume(webhook: Command): void {
  webhook
    .command('resume')
    .description('resume a webhook, and send what has failed at once; it is no error if it is not paused')
    .argument(...ID_ARGUMENT)
    .option('--from-now', 'never send what happened until now; without it, everything since the pause is sent')
    .action(resume);
}

async function pause(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { pauseWebhook }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../webhooks/pause-webhook.js'),
  ]);
  const webhook = await withDatabase((database) => pauseWebhook(database, parseId(id), COMMAND_LINE));
  process.stderr.write(`Paused the webhook ${webhook.id}.\n`);
}

async function resume(id: string, { fromNow }: { readonly fromNow?: true }): Promise<void> {
  const [{ withDatabase }, { parseId }, { resumeWebhook }, { openWebhookKeys }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../webhooks/resume-webhook.js'),
    import('./open-webhook-keys.js'),
  ]);
  const resumption = { id: parseId(id), from: fromNow ? 'NOW' : 'WHERE_IT_STOPPED' } as const;
  const webhook = await withDatabase(async (database, config) => {
    const webhookKeys = await openWebhookKeys(config.jwt);
    return await resumeWebhook({ database, webhookKeys }, resumption, COMMAND_LINE);
  });
  process.stderr.write(`Resumed the webhook ${webhook.id}.\n`);
}
