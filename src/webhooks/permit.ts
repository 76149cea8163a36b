import type { PreparedDatabase } from '../database/connect.js';
import type { Channel } from './channel.js';
import type { Permit } from './deliver.js';
import type { WebhookKeys } from './keys.js';
import { createIsLeased, type LeaseHolder } from './lease.js';
import { createSignersOf } from './read-signers.js';
import { pauseOf, type Webhook } from './webhook.js';

export interface PermitOptions {
  readonly lookUps: PreparedDatabase;
  readonly holder: LeaseHolder;
  readonly keys: WebhookKeys;
  readonly webhookById: (id: string) => Promise<Webhook | undefined>;
}

/**
 * Creates the check before each request: that the webhook, what it belongs to, and the lease are there at that moment, by the
 * database and its clock. Concurrent checks share statements. Where one fails, nothing is sent for a moment.
 */
export function createPermit(options: PermitOptions): (channel: Channel) => Promise<Permit | undefined> {
  const { lookUps, holder, keys, webhookById } = options;
  const isLeased = createIsLeased(lookUps, holder);
  const signersOf = createSignersOf(lookUps, keys);
  return async (channel) => {
    if (!channel.maySend(performance.now())) return undefined;
    const { id } = channel;
    const [webhook, leased, signers] = await Promise.all([webhookById(id), isLeased(id), signersOf(id)]);
    if (!channel.maySend(performance.now())) return undefined; // the reads may have taken long
    if (webhook !== undefined && leased && pauseOf(webhook, keys.isKnown) === undefined)
      return { webhook, signers: signers(webhook.signature) };
    channel.block(performance.now());
    return undefined;
  };
}
