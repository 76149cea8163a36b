import { eq } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { lockProgress } from './lock-progress.js';
import { lockWebhook } from './lock-webhook.js';
import { recordWebhook } from './record-webhook.js';
import { webhooks } from './table.js';

/**
 * Deletes a webhook with its keys and everything that waits.
 *
 * @returns its id.
 * @throws WebhookNotFound; CredentialEnded, ScopesMissing, TokenLimited. Nothing was changed.
 */
export async function deleteWebhook(database: PooledDatabase, id: string, actor: Actor): Promise<string> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const { webhook } = await lockWebhook(transaction, id, { actor, coordinate: 'Mutation.deleteWebhook' });
    await lockProgress(transaction, id);
    await transaction.delete(webhooks).where(eq(webhooks.id, id));
    await recordWebhook(transaction, actor, webhook, { action: 'WEBHOOK_DELETED' });
    return id;
  });
}
