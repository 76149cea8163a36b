import { count, eq, max, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { insertKey, type KeyMaker, type WebhookWithSecret } from './create-webhook.js';
import { lockReadableWebhook } from './lock-webhook.js';
import { isSigningKey } from './read-signers.js';
import { readLockedWebhook } from './read-webhooks.js';
import { recordWebhook } from './record-webhook.js';
import { webhookKeys } from './table.js';

/** Keys that sign at once. */
const MAX_KEYS = 5;

/** The webhook that gets a new key, and how long the former ones sign too. */
export interface KeyRotation {
  readonly id: string;
  /** 0 to 604800. */
  readonly overlapSeconds: number;
}

/**
 * Gives a webhook a new key. Former ones sign until the overlap ends, and never longer than they would have.
 *
 * @throws WebhookNotFound; BadUserInput where five keys would still sign; CredentialEnded, ScopesMissing, TokenLimited. Nothing
 *   was changed.
 */
export async function rotateWebhookKey(
  { database, webhookKeys: keys }: KeyMaker,
  { id, overlapSeconds }: KeyRotation,
  actor: Actor,
): Promise<WebhookWithSecret> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const change = { actor, coordinate: 'Mutation.rotateWebhookKey' } as const;
    const { webhook } = await lockReadableWebhook(transaction, id, change);
    const overlap = sql`make_interval(secs => ${overlapSeconds}::int)`;
    await transaction
      .update(webhookKeys)
      .set({ expiresAt: sql`least(${webhookKeys.expiresAt}, clock_timestamp() + ${overlap})` })
      .where(eq(webhookKeys.webhookId, id));
    const { last, signing } = await readKeys(transaction, id);
    if (signing >= MAX_KEYS) {
      const message = `${MAX_KEYS} keys sign already. Wait until one expires, or choose a shorter overlap.`;
      throw new BadUserInput('input.overlapSeconds', message);
    }
    const key = keys.generate({ webhookId: id, number: last + 1 }, webhook.signature);
    await insertKey(transaction, key);
    await recordWebhook(transaction, actor, webhook, { action: 'WEBHOOK_KEY_ROTATED' });
    return { webhook: await readLockedWebhook(transaction, id), secret: key.secret };
  });
}

async function readKeys(transaction: Database, id: string): Promise<{ last: number; signing: number }> {
  const { webhookId, number } = webhookKeys;
  const [keys] = await transaction
    .select({ last: max(number), signing: sql<number>`${count()} filter (where ${isSigningKey})`.mapWith(Number) })
    .from(webhookKeys)
    .where(eq(webhookId, id));
  return { last: keys?.last ?? 0, signing: keys?.signing ?? 0 };
}
