import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import type { KeyMaker } from './create-webhook.js';
import { lockProgress } from './lock-progress.js';
import { lockReadableWebhook } from './lock-webhook.js';
import { readLockedWebhook } from './read-webhooks.js';
import { recordWebhook } from './record-webhook.js';
import { startNow } from './start-now.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';
import { canBeResumed, pauseOf, type Webhook } from './webhook.js';

/** The webhook to resume, and from where. */
export interface Resumption {
  readonly id: string;
  readonly from: 'WHERE_IT_STOPPED' | 'NOW';
}

/**
 * Resumes a webhook. What has failed is sent at once.
 *
 * @throws WebhookNotFound; BadUserInput while the credential or the signing key that it needs is missing; CredentialEnded,
 *   ScopesMissing, TokenLimited. Nothing was changed.
 */
export async function resumeWebhook(
  { database, webhookKeys: keys }: KeyMaker,
  { id, from }: Resumption,
  actor: Actor,
): Promise<Webhook> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const change = { actor, coordinate: 'Mutation.resumeWebhook' } as const;
    const { webhook } = await lockReadableWebhook(transaction, id, change);
    const pause = pauseOf(webhook, keys.isKnown);
    if (pause !== undefined && !canBeResumed(pause)) throw new BadUserInput('input.id', pause.reason);
    if (from === 'NOW') await skipToNow(transaction, webhook);
    else await sendFailedNow(transaction, webhook);
    if (webhook.pausedAt === null) return webhook;
    await transaction
      .update(webhooks)
      .set({ pausedAt: null, pausedBecause: null, pausedById: null })
      .where(eq(webhooks.id, id));
    const detail = from === 'NOW' ? 'from now on' : 'from where it stopped';
    await recordWebhook(transaction, actor, webhook, { action: 'WEBHOOK_RESUMED', detail });
    return await readLockedWebhook(transaction, id);
  });
}

async function skipToNow(transaction: Database, webhook: Webhook): Promise<void> {
  await lockProgress(transaction, webhook.id);
  await transaction.delete(webhookDeliveries).where(eq(webhookDeliveries.webhookId, webhook.id));
  await startNow(transaction, webhook);
}

async function sendFailedNow(transaction: Database, webhook: Webhook): Promise<void> {
  await lockProgress(transaction, webhook.id);
  await transaction.update(webhookProgress).set({ restUntil: null }).where(eq(webhookProgress.webhookId, webhook.id));
  const { webhookId, nextAt } = webhookDeliveries;
  await transaction
    .update(webhookDeliveries)
    .set({ attempts: 0, nextAt: sql`least(${nextAt}, clock_timestamp())` })
    .where(and(eq(webhookId, webhook.id), isNotNull(nextAt)));
}
