import { eq } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import { ScopesMissing } from '../auth/errors.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import { type Coordinate, PERMISSIONS } from '../auth/permissions.js';
import type { Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { lockUsers } from '../users/lock-users.js';
import { WebhookNotFound } from './errors.js';
import { scopesOf } from './event.js';
import { readLockedWebhook } from './read-webhooks.js';
import { webhooks } from './table.js';
import type { Webhook } from './webhook.js';

/** A webhook under its lock. */
export interface LockedWebhook {
  readonly webhook: Webhook;
  /** The scopes that the caller's credential holds. */
  readonly held: readonly Scope[];
}

/** The field that changes a webhook, and its caller. */
interface WebhookChange {
  readonly actor: Actor;
  readonly coordinate: Coordinate;
}

/**
 * Takes the locks under which a webhook is changed: the caller, the webhook, the credential.
 *
 * @throws WebhookNotFound; CredentialEnded, ScopesMissing, TokenLimited.
 */
export async function lockWebhook(transaction: Database, id: string, change: WebhookChange): Promise<LockedWebhook> {
  await lockUsers(transaction, change.actor);
  const [locked] = await transaction
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(eq(webhooks.id, id))
    .for('no key update');
  const held = await requireLiveCredential(transaction, change);
  if (locked === undefined) throw new WebhookNotFound();
  return { webhook: await readLockedWebhook(transaction, id), held };
}

/**
 * The same for a change by which the caller could learn what the events tell: it takes their scopes.
 *
 * @throws ScopesMissing also where one of those is missing; else as {@link lockWebhook}.
 */
export async function lockReadableWebhook(
  transaction: Database,
  id: string,
  change: WebhookChange,
): Promise<LockedWebhook> {
  const locked = await lockWebhook(transaction, id, change);
  requireScopesOfWebhook(scopesOf(locked.webhook.events), change.coordinate, locked.held);
  return locked;
}

/** @throws ScopesMissing */
export function requireScopesOfWebhook(scopes: readonly Scope[], coordinate: Coordinate, held: readonly Scope[]): void {
  if (scopes.every((scope) => held.includes(scope))) return;
  throw new ScopesMissing(
    coordinate,
    { required: [...PERMISSIONS[coordinate].scopes, ...scopes], held },
    (missing) => `The webhook shows what takes scopes that the caller lacks: ${missing}. Nothing was changed.`,
  );
}
