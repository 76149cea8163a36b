import { type Command, InvalidArgumentError } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../webhooks/event.js';
import { TYPE_OF_EVENT } from '../webhooks/message.js';
import { printWebhookKey } from './print-webhook-key.js';
import { SIGNATURES, type SignatureName, signatureOption } from './signature-option.js';

interface Options {
  readonly event: readonly WebhookEvent[];
  readonly owner: string;
  readonly user?: string;
  readonly signature: SignatureName;
  readonly json?: true;
}

/** `scrip webhook create`: prints the public key, or the secret, alone. */
export function defineWebhookCreate(webhook: Command): void {
  webhook
    .command('create')
    .description(
      'make a webhook, which is sent what happens from now on, and print the key to verify its messages with',
    )
    .argument('<url>', 'where events are sent to: https, and not in a private network')
    .requiredOption('--event <name>', `what is sent: ${EVENT_NAMES.join(', ')}; repeatable`, addEvent)
    .requiredOption('--owner <name>', 'the ADMIN whom it belongs to')
    .option('--user <user>', 'only events of this user: a name or an id')
    .addOption(signatureOption())
    .option('--json', 'as a JSON object with the fields of the webhook')
    .action(create);
}

async function create(url: string, { event: events, owner, user, signature, json }: Options): Promise<void> {
  const [
    { withDatabase },
    { createCheckWebhookUrl },
    { createWebhook },
    { createDescribeWebhook },
    { findOwner },
    { findUser },
    { openWebhookKeys },
  ] = await Promise.all([
    import('./with-database.js'),
    import('../webhooks/check-url.js'),
    import('../webhooks/create-webhook.js'),
    import('./describe-webhook.js'),
    import('./find-owner.js'),
    import('./find-user.js'),
    import('./open-webhook-keys.js'),
  ]);
  const created = await withDatabase(async (database, config) => {
    const webhookKeys = await openWebhookKeys(config.jwt);
    const wanted = {
      url: await createCheckWebhookUrl(config.webhooks)('url', url),
      events,
      userId: user === undefined ? null : (await findUser(database, user)).id,
      signature: SIGNATURES[signature],
      ownerId: (await findOwner(database, owner)).id,
    };
    const { webhook, secret } = await createWebhook({ database, webhookKeys }, wanted, COMMAND_LINE);
    return { secret, webhook: await createDescribeWebhook(database, webhookKeys)(webhook) };
  });
  const { id, createdBy } = created.webhook;
  printWebhookKey(`Made the webhook ${id}, which belongs to ${createdBy.username}.`, created, { json });
}

const EVENT_NAMES = Object.values(TYPE_OF_EVENT);

/** Commander parses the options one by one. */
function addEvent(name: string, events: readonly WebhookEvent[] = []): readonly WebhookEvent[] {
  const event = WEBHOOK_EVENTS.find((known) => TYPE_OF_EVENT[known] === name);
  if (event === undefined) throw new InvalidArgumentError(`The events are ${EVENT_NAMES.join(', ')}.`);
  return [...new Set([...events, event])];
}
