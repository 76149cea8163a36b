import { and, desc, eq } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import type { Sign, WebhookKeys } from './keys.js';
import { lockReadableWebhook } from './lock-webhook.js';
import { bodyOf, signedHeaders } from './message.js';
import { isSigningKey } from './read-signers.js';
import { type Attempt, type SendMessage, Unconfirmed } from './send.js';
import { webhookKeys as storedKeys, webhooks } from './table.js';
import { canBeResumed, pauseOf, selectWebhooks, type Webhook } from './webhook.js';

/** The dependencies of sending a message. */
export interface MessageSender {
  readonly database: PooledDatabase;
  readonly webhookKeys: WebhookKeys;
  readonly sendMessage: SendMessage;
}

/** How the attempt ended, and after how many milliseconds. */
export type TestResult = Attempt & { readonly durationMs: number };

/**
 * Sends one signed message of the type `test`, also where the webhook is paused.
 *
 * @throws WebhookNotFound; BadUserInput while the credential or the signing key that the webhook needs is missing;
 *   CredentialEnded, ScopesMissing, TokenLimited. Nothing was sent.
 */
export async function testWebhook(
  { database, webhookKeys, sendMessage }: MessageSender,
  id: string,
  actor: Actor,
): Promise<TestResult> {
  const { url, signers } = await database.keyedTransactions.run(
    { key: id, recheck: actor.recheck },
    async (transaction) => {
      const change = { actor, coordinate: 'Mutation.testWebhook' } as const;
      const { webhook } = await lockReadableWebhook(transaction, id, change);
      const pause = pauseOf(webhook, webhookKeys.isKnown);
      if (pause !== undefined && !canBeResumed(pause)) throw new BadUserInput('input.id', pause.reason);
      return { url: webhook.url, signers: await readSigners(transaction, webhook, webhookKeys) };
    },
  );
  const now = new Date();
  const content = { id: `test.${uuid()}`, type: 'test', at: now, data: {} };
  const body = bodyOf(content);
  const message = { id: content.id, timestamp: Math.floor(now.getTime() / 1_000), body };
  const startedAt = performance.now();
  const confirm = async () => {
    const [webhook] = await selectWebhooks(database).where(eq(webhooks.id, id));
    const pause = webhook && pauseOf(webhook, webhookKeys.isKnown);
    return webhook !== undefined && (pause === undefined || canBeResumed(pause));
  };
  const attempt = await sendMessage({ url, headers: signedHeaders(message, signers), body, confirm }).catch(
    (error: unknown) => {
      if (error instanceof Unconfirmed) throw new BadUserInput('input.id', 'The webhook has ended. Nothing was sent.');
      throw error;
    },
  );
  return { ...attempt, durationMs: Math.round(performance.now() - startedAt) };
}

/** What signs the messages of a webhook now: its keys that have not expired, the newest first. */
async function readSigners(
  database: Database,
  { id, signature }: Webhook,
  keys: WebhookKeys,
): Promise<readonly Sign[]> {
  const { webhookId, number, encrypted, encryptedBy } = storedKeys;
  const encryptedKeys = await database
    .select({ webhookId, number, encrypted, encryptedBy })
    .from(storedKeys)
    .where(and(eq(webhookId, id), isSigningKey))
    .orderBy(desc(number));
  // A former key whose encryption is gone signs no more; the newest is known: see `pauseOf`.
  return encryptedKeys.filter((key) => keys.isKnown(key.encryptedBy)).map((key) => keys.open(key, signature));
}
