import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { SCOPES_OF_ROLE } from '../auth/principal.js';
import type { Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import { scopesOf } from './event.js';
import { webhookKeys, webhookProgress, webhooks } from './table.js';

const owners = alias(users, 'owner');

/** Selects webhooks with their newest key, their progress, and the state of the credential that they belong to. */
export function selectWebhooks(database: Database) {
  return database
    .select({
      id: webhooks.id,
      url: webhooks.url,
      events: webhooks.events,
      userId: webhooks.userId,
      ownerId: webhooks.ownerId,
      signature: webhooks.signature,
      createdAt: webhooks.createdAt,
      pausedAt: webhooks.pausedAt,
      pausedBecause: webhooks.pausedBecause,
      pausedBy: sql<string | null>`(select ${users.username} from ${users} where ${users.id} = ${webhooks.pausedById})`,
      publicKey: webhookKeys.publicKey,
      encryptedBy: webhookKeys.encryptedBy,
      lastDeliveredAt: webhookProgress.lastDeliveredAt,
      lastFailureAt: webhookProgress.lastFailureAt,
      lastFailure: webhookProgress.lastFailure,
      ownerRole: owners.role,
      ownerDeletedAt: owners.deletedAt,
      /** The last one of its rotations; null: a session made the webhook. */
      tokenId: sql<string | null>`${tokens.id}`,
      tokenScopes: sql<readonly Scope[] | null>`to_json(${tokens.scopes})`,
      tokenRevokedAt: tokens.revokedAt,
      tokenExpiresAt: tokens.expiresAt,
      tokenPausedAt: tokens.pausedAt,
      isTokenExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= clock_timestamp(), false)`,
    })
    .from(webhooks)
    .innerJoin(owners, eq(owners.id, webhooks.ownerId))
    .innerJoin(webhookProgress, eq(webhookProgress.webhookId, webhooks.id))
    .innerJoin(webhookKeys, and(eq(webhookKeys.webhookId, webhooks.id), isNull(webhookKeys.expiresAt)))
    .leftJoin(
      tokens,
      and(or(eq(tokens.id, webhooks.rootId), eq(tokens.rootId, webhooks.rootId)), isNull(tokens.successorId)),
    );
}

/** A webhook, and the state of the credential that it belongs to when it was read. */
export type Webhook = Awaited<ReturnType<typeof selectWebhooks>>[number];

/** Why nothing is sent. */
export interface Pause {
  /** A sentence. */
  readonly reason: string;
  /** Null: unknown. */
  readonly at: Date | null;
  readonly kind: 'REQUESTED' | 'GONE' | 'FAILURES' | 'CREDENTIAL' | 'KEY';
}

/** Whether resuming the webhook ends the pause. Otherwise it lasts while the credential or the signing key is missing. */
export function canBeResumed({ kind }: Pause): boolean {
  return kind !== 'CREDENTIAL' && kind !== 'KEY';
}

/**
 * Why a webhook is paused now; undefined: it is active.
 *
 * @param isKnownKey whether the key is configured that encrypted the key of the webhook.
 */
export function pauseOf(webhook: Webhook, isKnownKey: (id: string) => boolean): Pause | undefined {
  return credentialPause(webhook) ?? keyPause(webhook, isKnownKey) ?? ownPause(webhook);
}

/** The scopes that the credential of a webhook holds now. Of an ended one it says nothing. */
export function scopesHeld({ tokenScopes, ownerRole }: Webhook): readonly Scope[] {
  return tokenScopes ?? SCOPES_OF_ROLE[ownerRole];
}

function credentialPause(webhook: Webhook): Pause | undefined {
  const ended = (reason: string, at: Date | null): Pause => ({ kind: 'CREDENTIAL', reason, at });
  if (webhook.ownerDeletedAt !== null) return ended('The user that it belongs to was deleted.', webhook.ownerDeletedAt);
  if (webhook.tokenRevokedAt !== null)
    return ended('The app token that it belongs to was revoked.', webhook.tokenRevokedAt);
  if (webhook.isTokenExpired) return ended('The app token that it belongs to has expired.', webhook.tokenExpiresAt);
  if (webhook.tokenPausedAt !== null)
    return ended('The app token that it belongs to is paused.', webhook.tokenPausedAt);
  const held = scopesHeld(webhook);
  const missing = scopesOf(webhook.events).filter((scope) => !held.includes(scope));
  if (missing.length === 0) return undefined;
  return ended(`The user that it belongs to no longer holds ${missing.join(', ')}.`, null);
}

function keyPause({ encryptedBy }: Webhook, isKnownKey: (id: string) => boolean): Pause | undefined {
  if (isKnownKey(encryptedBy)) return undefined;
  const reason = 'Its key was encrypted by a signing key that is no longer configured. Rotate the key of the webhook.';
  return { kind: 'KEY', reason, at: null };
}

function ownPause({ pausedAt, pausedBecause, pausedBy }: Webhook): Pause | undefined {
  if (pausedAt === null || pausedBecause === null) return undefined;
  const paused = (reason: string): Pause => ({ kind: pausedBecause, reason, at: pausedAt });
  switch (pausedBecause) {
    case 'REQUESTED':
      return paused(pausedBy === null ? 'It was paused on the command line.' : `It was paused by ${pausedBy}.`);
    case 'GONE':
      return paused('The receiver responded with HTTP 410.');
    case 'FAILURES':
      return paused('An event was not accepted in 10 attempts within about three days.');
  }
}
