import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { balances } from '../points/table.js';
import { UserNotFound } from '../users/errors.js';
import { lockReadableWebhook } from './lock-webhook.js';
import { webhookDeliveries } from './table.js';
import type { Webhook } from './webhook.js';

/** The entries to send once more: those of a user from a sequence on. */
export interface Redelivery {
  readonly id: string;
  readonly userId: string;
  readonly fromSequence: number;
}

/**
 * Makes a webhook send entries of a user once more, in their order. While it is paused they wait.
 *
 * @throws WebhookNotFound; UserNotFound; BadUserInput where the user has no such entry, or the webhook is not sent it;
 *   CredentialEnded, ScopesMissing, TokenLimited. Nothing was changed.
 */
export async function redeliverWebhook(
  database: PooledDatabase,
  { id, userId, fromSequence }: Redelivery,
  actor: Actor,
): Promise<Webhook> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const change = { actor, coordinate: 'Mutation.redeliverWebhook' } as const;
    const { webhook } = await lockReadableWebhook(transaction, id, change);
    if (!webhook.events.includes('POINTS_ENTRY'))
      throw new BadUserInput('input.id', 'This webhook is not sent entries.');
    if (webhook.userId !== null && webhook.userId !== userId)
      throw new BadUserInput('input.user', 'This webhook is sent the entries of another user only.');
    const [balance] = await transaction
      .select({ sequence: balances.sequence })
      .from(balances)
      .where(eq(balances.userId, userId));
    if (balance === undefined) throw new UserNotFound();
    if (fromSequence < 1 || fromSequence > balance.sequence) {
      throw new BadUserInput('input.fromSequence', `The user has the entries 1 to ${balance.sequence}.`);
    }
    const restarted = { sequence: fromSequence - 1, attempts: 0, nextAt: sql`clock_timestamp()` };
    const { webhookId, event, subjectId, number } = webhookDeliveries;
    await transaction
      .insert(webhookDeliveries)
      .values({
        webhookId: id,
        event: 'POINTS_ENTRY',
        subjectId: userId,
        foundUntil: sql`clock_timestamp()`,
        ...restarted,
      })
      .onConflictDoUpdate({ target: [webhookId, event, subjectId, number], set: restarted });
    return webhook;
  });
}
