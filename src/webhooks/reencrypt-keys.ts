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
export async function reencryptKeys(
  database: Database,
  keys: WebhookKeys,
  onFailure: (error: unknown) => void,
): Promise<void> {
  if (keys.formerIds.length === 0) return;
  const { webhookId, number, encrypted, encryptedBy } = webhookKeys;
  const stored = await database
    .select({ webhookId, number, encrypted, encryptedBy })
    .from(webhookKeys)
    .where(inArray(encryptedBy, [...keys.formerIds]))
    .limit(MAX_KEYS);
  for (const key of stored) {
    try {
      const reencrypted = keys.reencrypt(key);
      await database
        .update(webhookKeys)
        .set({ encrypted: reencrypted.encrypted, encryptedBy: reencrypted.encryptedBy })
        .where(and(eq(webhookId, key.webhookId), eq(number, key.number), eq(encryptedBy, key.encryptedBy)));
    } catch (error) {
      onFailure(error);
    }
  }
}
