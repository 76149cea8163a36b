import type { AuditAction } from '../audit/event.js';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import type { Webhook } from './webhook.js';

/** Records a change of a webhook in the audit log. The detail names the webhook; a URL may hold a secret and is left out. */
export async function recordWebhook(
  transaction: Database,
  actor: Actor,
  { id, ownerId, tokenId }: Pick<Webhook, 'id' | 'ownerId' | 'tokenId'>,
  { action, detail }: { readonly action: AuditAction; readonly detail?: string },
): Promise<void> {
  await record(transaction, actor, {
    action,
    subjectId: ownerId,
    ...(tokenId !== null && { tokenId }),
    detail: detail === undefined ? `webhook ${id}` : `webhook ${id}: ${detail}`,
  });
}
