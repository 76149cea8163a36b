import type { Scope } from '../auth/scope.js';

/** What can be sent, in the order of the schema's enum `WebhookEvent`. */
export const WEBHOOK_EVENTS = [
  'POINTS_ENTRY',
  'HOLD_ENDED',
  'TOKEN_EXPIRING',
  'TOKEN_REVOKED',
  'USER_DELETED',
] as const;

/** An event that a webhook can be sent for. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** The scope by which the contents of an event may be read. */
export const SCOPE_OF_EVENT: Readonly<Record<WebhookEvent, Scope>> = {
  POINTS_ENTRY: 'points:read',
  HOLD_ENDED: 'points:read',
  TOKEN_EXPIRING: 'tokens:read',
  TOKEN_REVOKED: 'tokens:read',
  USER_DELETED: 'users:read',
};

/** The scopes of several events, each once. */
export function scopesOf(events: readonly WebhookEvent[]): readonly Scope[] {
  return [...new Set(events.map((event) => SCOPE_OF_EVENT[event]))];
}
