import { and, asc, desc, sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, list } from '../database/read-by-key.js';
import type { EncryptedKey, Sign, Signature, WebhookKeys } from './keys.js';
import { webhookKeys } from './table.js';

/**
 * The keys of a webhook that had not expired when they were read, to be opened: newest first. It throws UnknownEncryptionKey
 * where the newest was encrypted by a key that is not configured; earlier ones are then left out.
 */
export type Signers = (signature: Signature) => readonly Sign[];

/** Opened keys that are kept: more than webhooks are sent to at once. */
const MAX_OPENED = 2_000;

/** That a key signs: it has not expired. */
export const isSigningKey = sql`(${webhookKeys.expiresAt} is null or ${webhookKeys.expiresAt} > clock_timestamp())`;

/** Creates a read of what signs the messages of a webhook; concurrent reads share a statement. */
export function createSignersOf(database: PreparedDatabase, keys: WebhookKeys): (id: string) => Promise<Signers> {
  const { webhookId, number, encrypted, encryptedBy } = webhookKeys;
  const read = prepare(
    database,
    'signing_keys_of_webhooks',
    database
      .select({ list, row: { webhookId, number, encrypted, encryptedBy } })
      .from(sql`unnest(${sql.placeholder('webhooks')}::uuid[]) with ordinality as wanted(webhook_id, list)`)
      .innerJoin(webhookKeys, and(sql`${webhookId} = wanted.webhook_id`, isSigningKey))
      .orderBy(asc(list), desc(number)),
  );
  const keysOf = createReadLists<string, EncryptedKey>((webhooks) => read({ webhooks: [...webhooks] }));
  const opened = new LRUCache<string, Sign>({ max: MAX_OPENED });

  const open = (key: EncryptedKey, signature: Signature): Sign => {
    const name = `${key.webhookId} ${key.number} ${key.encrypted.toString('base64')}`;
    const sign = opened.get(name) ?? keys.open(key, signature);
    opened.set(name, sign);
    return sign;
  };

  return async (id) => {
    const [newest, ...earlier] = await keysOf(id);
    if (newest === undefined) return () => [];
    const usable = [newest, ...earlier.filter((key) => keys.isKnown(key.encryptedBy))];
    return (signature) => usable.map((key) => open(key, signature));
  };
}
