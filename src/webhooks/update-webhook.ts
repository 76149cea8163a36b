import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Scope } from '../auth/scope.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { balances } from '../points/table.js';
import { scopesOf, type WebhookEvent } from './event.js';
import { lockProgress } from './lock-progress.js';
import { lockReadableWebhook, requireScopesOfWebhook } from './lock-webhook.js';
import { readLockedWebhook } from './read-webhooks.js';
import { recordWebhook } from './record-webhook.js';
import { webhookDeliveries, webhooks } from './table.js';
import { scopesHeld, type Webhook } from './webhook.js';

/** New values of a webhook; undefined leaves one as it is. The URL was parsed, and its host checked. */
export interface WebhookChanges {
  readonly url: string | undefined;
  /** At least one, each once. */
  readonly events: readonly WebhookEvent[] | undefined;
}

/**
 * Changes a webhook, for the deliveries that begin from now on. What waits of an event that is removed is dropped.
 *
 * @throws WebhookNotFound; CredentialEnded, TokenLimited, ScopesMissing. Nothing was changed.
 */
export async function updateWebhook(
  database: PooledDatabase,
  id: string,
  changes: WebhookChanges,
  actor: Actor,
): Promise<Webhook> {
  const coordinate = 'Mutation.updateWebhook';
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const { webhook, held } = await lockReadableWebhook(transaction, id, { actor, coordinate });
    requireScopesOfWebhook(scopesOfChanges(webhook, changes), coordinate, held);
    const detail = describe(webhook, changes);
    if (detail === '') return webhook;
    const { url = webhook.url, events = webhook.events } = changes;
    await transaction
      .update(webhooks)
      .set({ url, events: [...events] })
      .where(eq(webhooks.id, id));
    await adaptDeliveries(transaction, webhook, events);
    await recordWebhook(transaction, actor, webhook, { action: 'WEBHOOK_UPDATED', detail });
    return await readLockedWebhook(transaction, id);
  });
}

/** Beside the scopes of the events, to move a webhook takes the scope by which its entries name ids in other systems. */
function scopesOfChanges(webhook: Webhook, { url, events = webhook.events }: WebhookChanges): readonly Scope[] {
  const isMoved = url !== undefined && url !== webhook.url;
  const tellsExternalIds = events.includes('POINTS_ENTRY') && scopesHeld(webhook).includes('users:link');
  return [...scopesOf(events), ...(isMoved && tellsExternalIds ? (['users:link'] as const) : [])];
}

function describe(webhook: Webhook, { url, events }: WebhookChanges): string {
  const before = webhook.events.join(' ');
  const after = events?.join(' ') ?? before;
  return [
    ...(url === undefined || url === webhook.url ? [] : ['url']),
    ...(after === before ? [] : [`events: ${after}`]),
  ].join('; ');
}

async function adaptDeliveries(
  transaction: Database,
  { id, userId, events: before }: Webhook,
  events: readonly WebhookEvent[],
): Promise<void> {
  await lockProgress(transaction, id);
  const { webhookId, event } = webhookDeliveries;
  await transaction.delete(webhookDeliveries).where(and(eq(webhookId, id), notInArray(event, [...events])));
  if (userId === null || !events.includes('POINTS_ENTRY') || before.includes('POINTS_ENTRY')) return;
  await transaction.execute(sql`
    insert into ${webhookDeliveries} (webhook_id, event, subject_id, sequence, last_found, found_until)
    select ${id}, 'POINTS_ENTRY', user_id, sequence, sequence, 'infinity' from ${balances} where user_id = ${userId}`);
}
