import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { lockWebhook } from './lock-webhook.js';
import { readLockedWebhook } from './read-webhooks.js';
import { recordWebhook } from './record-webhook.js';
import { webhooks } from './table.js';
import type { Webhook } from './webhook.js';

/**
 * Pauses a webhook: no delivery begins until it is resumed. Pausing twice is no error; the first `pausedAt` stays.
 *
 * @throws WebhookNotFound; CredentialEnded, ScopesMissing, TokenLimited. Nothing was changed.
 */
export async function pauseWebhook(database: PooledDatabase, id: string, actor: Actor): Promise<Webhook> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const { webhook } = await lockWebhook(transaction, id, { actor, coordinate: 'Mutation.pauseWebhook' });
    if (webhook.pausedAt !== null) return webhook;
    await transaction
      .update(webhooks)
      .set({ pausedAt: sql`clock_timestamp()`, pausedBecause: 'REQUESTED', pausedById: actor.userId })
      .where(eq(webhooks.id, id));
    await recordWebhook(transaction, actor, webhook, { action: 'WEBHOOK_PAUSED', detail: 'requested' });
    return await readLockedWebhook(transaction, id);
  });
}
