import type { Command } from 'commander';
import type { Config } from '../config.js';
import type { PooledDatabase } from '../database/connect.js';
import type { DescribedWebhook } from './describe-webhook.js';
import { formatTable } from './format-table.js';
import { printable } from './printable.js';

/** `scrip webhook list`: one webhook a line, newest first. */
export function defineWebhookList(webhook: Command): void {
  webhook
    .command('list')
    .description('list all webhooks, newest first')
    .option('--json', 'as a JSON array')
    .action(list);
}

async function list({ json }: { readonly json?: true }): Promise<void> {
  const { withDatabase } = await import('./with-database.js');
  const found = await withDatabase(readAll);
  process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : table(found));
}

async function readAll(database: PooledDatabase, config: Config): Promise<DescribedWebhook[]> {
  const [{ listWebhooks }, { createDescribeWebhook }, { openWebhookKeys }] = await Promise.all([
    import('../webhooks/read-webhooks.js'),
    import('./describe-webhook.js'),
    import('./open-webhook-keys.js'),
  ]);
  const describe = createDescribeWebhook(database, await openWebhookKeys(config.jwt));
  const found: DescribedWebhook[] = [];
  for (let after: [string] | undefined, hasNextPage = true; hasNextPage; ) {
    const page = await listWebhooks(database, { first: 100, after });
    found.push(...(await Promise.all(page.rows.map(describe))));
    const last = found.at(-1);
    after = last && [last.id];
    hasNextPage = page.hasNextPage;
  }
  return found;
}

function table(found: readonly DescribedWebhook[]): string {
  const rows = found.map((webhook) => [
    webhook.id,
    webhook.state.toLowerCase(),
    webhook.createdBy.username ?? '',
    webhook.events.join(','),
    webhook.user?.username ?? 'all',
    String(webhook.pending),
    webhook.lastDeliveredAt?.toISOString() ?? 'never',
    webhook.lastFailure ?? 'none',
    printable(webhook.url),
  ]);
  const heading = ['ID', 'STATE', 'OWNER', 'EVENTS', 'USER', 'PENDING', 'LAST DELIVERED', 'LAST FAILURE', 'URL'];
  return formatTable([heading, ...rows]);
}
