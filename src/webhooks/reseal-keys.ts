import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { WebhookKeys } from './keys.js';
import { webhookKeys } from './table.js';

/** Keys of one call. */
const MAX_KEYS = 100;

/**
 * Encrypts keys that a former signing key encrypted by the current one, so that the former one can be removed from the
 * configuration: those of all webhooks, also of paused ones. Several nodes may do it at once.
 *
 * @param onFailure a key could not be decrypted; the others are encrypted anew.
 */
export async function resealKeys(
  database: Database,
  keys: WebhookKeys,
  onFailure: (error: unknown) => void,
): Promise<void> {
  if (keys.formerIds.length === 0) return;
  const { webhookId, number, sealed, sealedBy } = webhookKeys;
  const stored = await database
    .select({ webhookId, number, sealed, sealedBy })
    .from(webhookKeys)
    .where(inArray(sealedBy, [...keys.formerIds]))
    .limit(MAX_KEYS);
  for (const key of stored) {
    try {
      const resealed = keys.reseal(key);
      await database
        .update(webhookKeys)
        .set({ sealed: resealed.sealed, sealedBy: resealed.sealedBy })
        .where(and(eq(webhookId, key.webhookId), eq(number, key.number), eq(sealedBy, key.sealedBy)));
    } catch (error) {
      onFailure(error);
    }
  }
}
