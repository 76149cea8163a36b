import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/** `scrip webhook test`: sends one message from this machine; ends with 1 if it is not accepted. */
export function defineWebhookTest(webhook: Command): void {
  webhook
    .command('test')
    .description('send one message of the type test from this machine; the status is 1 if it is not accepted')
    .argument('<id>', 'the id that `scrip webhook list` shows')
    .action(test);
}

async function test(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { createSendMessage }, { testWebhook }, { openWebhookKeys }] =
    await Promise.all([
      import('./with-database.js'),
      import('../input.js'),
      import('../webhooks/send.js'),
      import('../webhooks/test-webhook.js'),
      import('./open-webhook-keys.js'),
    ]);
  const result = await withDatabase(async (database, config) => {
    const webhookKeys = await openWebhookKeys(config.jwt);
    const { send: sendMessage, close } = createSendMessage(config.webhooks);
    try {
      return await testWebhook({ database, webhookKeys, sendMessage }, parseId(id), COMMAND_LINE);
    } finally {
      close();
    }
  });
  const outcome = result.kind === 'ACCEPTED' ? `Delivered: HTTP ${result.status}` : `Not delivered: ${result.error}`;
  process.stderr.write(`${outcome}, after ${result.durationMs} ms.\n`);
  if (result.kind === 'FAILED') process.exitCode = 1;
}
