import type { PooledDatabase } from '../database/connect.js';
import { createUserById } from '../users/read-users.js';
import type { WebhookKeys } from '../webhooks/keys.js';
import { TYPE_OF_EVENT } from '../webhooks/message.js';
import { createNextAttemptOf, createPendingOf } from '../webhooks/read-pending.js';
import { pauseOf, type Webhook } from '../webhooks/webhook.js';

/** A webhook as `--json` shows it: the fields of the API's `Webhook`, with events and tokens as they read outside GraphQL. */
export type DescribedWebhook = Awaited<ReturnType<ReturnType<typeof createDescribeWebhook>>>;

/** Describes webhooks; what belongs to those described together is read together. */
export function createDescribeWebhook(database: PooledDatabase, keys: WebhookKeys) {
  const userById = createUserById(database);
  const pendingOf = createPendingOf(database);
  const nextAttemptOf = createNextAttemptOf(database);
  const named = async (id: string) => ({ id, username: (await userById(id))?.username ?? null });
  return async (webhook: Webhook) => {
    const { id, url, signature, publicKey, tokenId, createdAt, lastDeliveredAt, lastFailureAt, lastFailure } = webhook;
    const pause = pauseOf(webhook, keys.isKnown);
    const [user, createdBy, pending, nextAttemptAt] = await Promise.all([
      webhook.userId === null ? null : named(webhook.userId),
      named(webhook.ownerId),
      pendingOf(id),
      nextAttemptOf(id),
    ]);
    return {
      id,
      url,
      events: webhook.events.map((event) => TYPE_OF_EVENT[event]),
      user,
      state: pause === undefined ? 'ACTIVE' : 'PAUSED',
      pausedAt: pause?.at ?? null,
      pausedBecause: pause?.kind ?? null,
      pausedReason: pause?.reason ?? null,
      signature,
      publicKey,
      createdBy,
      tokenId,
      createdAt,
      pending,
      lastDeliveredAt,
      lastFailureAt,
      lastFailure,
      nextAttemptAt,
    };
  };
}
