import { type Command, InvalidArgumentError } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import { printWebhookKey } from './print-webhook-key.js';

interface Options {
  /** Seconds. */
  readonly overlap: number;
  readonly json?: true;
}

const DAY_SECONDS = 86_400;
const MAX_OVERLAP_SECONDS = 7 * DAY_SECONDS;

/** `scrip webhook rotate-key`: prints the new public key, or the new secret, alone. */
export function defineWebhookRotateKey(webhook: Command): void {
  webhook
    .command('rotate-key')
    .description('give a webhook a new key, and print it')
    .argument('<id>', 'the id that `scrip webhook list` shows')
    .option('--overlap <seconds>', 'how long former keys sign too, up to 604800: 7 days', parseOverlap, DAY_SECONDS)
    .option('--json', 'as a JSON object with the fields of the webhook')
    .action(rotate);
}

async function rotate(id: string, { overlap: overlapSeconds, json }: Options): Promise<void> {
  const [{ withDatabase }, { parseId }, { rotateWebhookKey }, { createDescribeWebhook }, { openWebhookKeys }] =
    await Promise.all([
      import('./with-database.js'),
      import('../input.js'),
      import('../webhooks/rotate-key.js'),
      import('./describe-webhook.js'),
      import('./open-webhook-keys.js'),
    ]);
  const rotated = await withDatabase(async (database, config) => {
    const webhookKeys = await openWebhookKeys(config.jwt);
    const rotation = { id: parseId(id), overlapSeconds };
    const { webhook, secret } = await rotateWebhookKey({ database, webhookKeys }, rotation, COMMAND_LINE);
    return { secret, webhook: await createDescribeWebhook(database, webhookKeys)(webhook) };
  });
  printWebhookKey(`The webhook ${rotated.webhook.id} has a new key.`, rotated, { json });
}

function parseOverlap(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : Infinity;
  if (seconds <= MAX_OVERLAP_SECONDS) return seconds;
  throw new InvalidArgumentError(`Write the seconds, 0 to ${MAX_OVERLAP_SECONDS}.`);
}
