import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { WebhookKeys } from './keys.js';
import { webhookKeys } from './table.js';

/**
 * Encrypts keys that an earlier signing key encrypted by the current one, so that the earlier one can be removed from the
 * configuration. Those of an unknown key stay as they are.
 */
export async function resealKeys(database: Database, webhookIds: readonly string[], keys: WebhookKeys): Promise<void> {
  const { webhookId, number, sealed, sealedBy } = webhookKeys;
  const stored = await database
    .select({ webhookId, number, sealed, sealedBy })
    .from(webhookKeys)
    .where(sql`${webhookId} = any(${sql.param(webhookIds)}::uuid[])`);
  for (const key of stored) {
    const resealed = keys.isKnown(key.sealedBy) ? keys.reseal(key) : undefined;
    if (resealed === undefined) continue;
    await database
      .update(webhookKeys)
      .set({ sealed: resealed.sealed, sealedBy: resealed.sealedBy })
      .where(and(eq(webhookId, key.webhookId), eq(number, key.number), eq(sealedBy, key.sealedBy)));
  }
}
