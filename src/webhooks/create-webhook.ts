import { eq, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import { SCOPES_OF_ROLE } from '../auth/principal.js';
import type { Scope } from '../auth/scope.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { tokens } from '../tokens/table.js';
import { UserNotFound } from '../users/errors.js';
import { lockUsers } from '../users/lock-users.js';
import { MAX_WEBHOOKS, WebhookLimit } from './errors.js';
import { scopesOf, type WebhookEvent } from './event.js';
import type { NewKey, Signature, WebhookKeys } from './keys.js';
import { requireScopesOfWebhook } from './lock-webhook.js';
import { readLockedWebhook } from './read-webhooks.js';
import { recordWebhook } from './record-webhook.js';
import { startNow } from './start-now.js';
import { webhookKeys, webhooks } from './table.js';
import type { Webhook } from './webhook.js';

/** A webhook to make. The URL was parsed, and its host checked. */
export interface NewWebhook {
  readonly url: string;
  /** At least one, each once. */
  readonly events: readonly WebhookEvent[];
  /** The only user whose events are sent; null: those of all users. */
  readonly userId: string | null;
  readonly signature: Signature;
  /** The user of the session, or the owner of the token; on the command line the user who is named. */
  readonly ownerId: string;
}

/** A webhook with the secret of its new key, which is shown once; null: it has a public key. */
export interface WebhookWithSecret {
  readonly webhook: Webhook;
  readonly secret: string | null;
}

/** The dependencies of making keys. */
export interface KeyMaker {
  readonly database: PooledDatabase;
  readonly webhookKeys: WebhookKeys;
}

/**
 * Makes a webhook that belongs to the app token of the actor and its successors, or else to the owner.
 *
 * @throws UserNotFound; WebhookLimit; BadUserInput where the owner, named on the command line, lacks a scope of the events;
 *   CredentialEnded, ScopesMissing, TokenLimited. Nothing was made.
 */
export async function createWebhook(
  { database, webhookKeys: keys }: KeyMaker,
  webhook: NewWebhook,
  actor: Actor,
): Promise<WebhookWithSecret> {
  const { ownerId, userId } = webhook;
  const coordinate = 'Mutation.createWebhook';
  return await database.keyedTransactions.run({ key: ownerId, recheck: actor.recheck }, async (transaction) => {
    // The owner as changed: webhooks of one owner are counted and made one after the other.
    const kept = userId === null ? [] : [userId];
    const locked = await lockUsers(transaction, actor, { changed: [ownerId], kept });
    const held = await requireLiveCredential(transaction, { actor, coordinate });
    const owner = locked.get(ownerId);
    if (owner === undefined || (userId !== null && !locked.has(userId))) throw new UserNotFound();
    if (actor.credential.kind === 'NONE') requireScopesOfOwner(webhook, SCOPES_OF_ROLE[owner.role]);
    requireScopesOfWebhook(scopesOf(webhook.events), coordinate, held);
    const count = await transaction.$count(webhooks, eq(webhooks.ownerId, ownerId));
    if (count >= MAX_WEBHOOKS) throw new WebhookLimit();
    const id = uuid();
    const rootId = await rootOf(transaction, actor);
    const { url, events, signature } = webhook;
    await transaction.insert(webhooks).values({ id, url, events: [...events], userId, ownerId, rootId, signature });
    const key = keys.generate({ webhookId: id, number: 1 }, signature);
    await insertKey(transaction, key);
    await startNow(transaction, { id, events, userId });
    const made = await readLockedWebhook(transaction, id);
    await recordWebhook(transaction, actor, made, { action: 'WEBHOOK_CREATED' });
    return { webhook: made, secret: key.secret };
  });
}

/** The first token of the rotations of the actor's token; null: it is none. */
async function rootOf(transaction: Database, { credential }: Actor): Promise<string | null> {
  if (credential.kind !== 'APP') return null;
  const [token] = await transaction
    .select({ rootId: sql<string>`coalesce(${tokens.rootId}, ${tokens.id})` })
    .from(tokens)
    .where(eq(tokens.id, credential.tokenId));
  return token?.rootId ?? null;
}

function requireScopesOfOwner({ events }: NewWebhook, held: readonly Scope[]): void {
  const missing = scopesOf(events).filter((scope) => !held.includes(scope));
  if (missing.length === 0) return;
  throw new BadUserInput('owner', `The owner does not hold ${missing.join(', ')}. Name an ADMIN.`);
}

export async function insertKey(transaction: Database, { secret: _, ...key }: NewKey): Promise<void> {
  await transaction.insert(webhookKeys).values(key);
}
