import { and, asc, desc, gt, isNull, or, sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, list } from '../database/read-by-key.js';
import type { SealedKey, Sign, Signature, WebhookKeys } from './keys.js';
import { webhookKeys } from './table.js';

/** The keys of a webhook that have not expired, opened, newest first. */
export type SignersOf = (webhook: { readonly id: string; readonly signature: Signature }) => Promise<readonly Sign[]>;

/** Opened keys that are kept: more than webhooks are sent to at once. */
const MAX_OPENED = 2_000;

/**
 * Creates a read of the keys that have not expired, opened; concurrent reads share a statement. Earlier keys that an unknown
 * signing key encrypted are left out.
 *
 * @returns a function that throws UnknownSealingKey where the newest key is one of these.
 */
export function createSignersOf(database: PreparedDatabase, keys: WebhookKeys): SignersOf {
  const read = prepare(
    database,
    'signing_keys_of_webhooks',
    database
      .select({
        list,
        row: {
          webhookId: webhookKeys.webhookId,
          number: webhookKeys.number,
          sealed: webhookKeys.sealed,
          sealedBy: webhookKeys.sealedBy,
        },
      })
      .from(sql`unnest(${sql.placeholder('webhooks')}::uuid[]) with ordinality as wanted(webhook_id, list)`)
      .innerJoin(
        webhookKeys,
        and(
          sql`${webhookKeys.webhookId} = wanted.webhook_id`,
          or(isNull(webhookKeys.expiresAt), gt(webhookKeys.expiresAt, sql`clock_timestamp()`)),
        ),
      )
      .orderBy(asc(list), desc(webhookKeys.number)),
  );
  const keysOf = createReadLists<string, SealedKey>((webhooks) => read({ webhooks: [...webhooks] }));
  const opened = new LRUCache<string, Sign>({ max: MAX_OPENED });

  const open = (key: SealedKey, signature: Signature): Sign => {
    const name = `${key.webhookId} ${key.number} ${key.sealed.toString('base64')}`;
    const sign = opened.get(name) ?? keys.open(key, signature);
    opened.set(name, sign);
    return sign;
  };

  return async ({ id, signature }) => {
    const [newest, ...earlier] = await keysOf(id);
    if (newest === undefined) return [];
    const usable = [newest, ...earlier.filter(({ sealedBy }) => keys.isKnown(sealedBy))];
    return usable.map((key) => open(key, signature));
  };
}
