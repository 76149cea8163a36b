import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { balances, entries } from '../points/table.js';
import { UserNotFound } from '../users/errors.js';
import { lockProgress } from './lock-progress.js';
import { lockReadableWebhook } from './lock-webhook.js';
import { webhookDeliveries, webhookProgress } from './table.js';
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
    await restart(transaction, { id, userId, fromSequence });
    return webhook;
  });
}

/**
 * Of a user whose entries are under way, nothing that was not delivered is passed over. One without a row was sent everything
 * up to the horizon, and is yet to be sent what follows.
 */
async function restart(transaction: Database, { id, userId, fromSequence }: Redelivery): Promise<void> {
  await lockProgress(transaction, id);
  await transaction.execute(sql`
    insert into ${webhookDeliveries} as d (webhook_id, event, subject_id, sequence, last_found, found_until, next_at)
    select p.webhook_id, 'POINTS_ENTRY', e.user_id, e.sequence - 1, b.sequence, clock_timestamp(), clock_timestamp()
      from ${webhookProgress} p, ${entries} e join ${balances} b on b.user_id = e.user_id
     where p.webhook_id = ${id} and e.user_id = ${userId} and e.sequence = ${fromSequence}
       and (e.created_at <= p.horizon or exists (
         select from ${webhookDeliveries} under_way
          where under_way.webhook_id = p.webhook_id and under_way.event = 'POINTS_ENTRY' and under_way.subject_id = e.user_id))
    on conflict (webhook_id, event, subject_id, number) do update
       set sequence = least(d.sequence, excluded.sequence), last_found = greatest(d.last_found, excluded.last_found),
           attempts = 0, restarts = d.restarts + 1, next_at = excluded.next_at`);
}
