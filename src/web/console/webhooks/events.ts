import type { Scope } from '../../../auth/scope.js';
import type { WebhookEvent } from '../../generated.js';

interface Event {
  readonly value: WebhookEvent;
  /** The `type` of its messages. */
  readonly type: string;
  readonly description: string;
  /** What the caller must hold to choose it. */
  readonly scope: Scope;
}

/** What can be sent, in the order of the schema. */
export const EVENTS: readonly Event[] = [
  {
    value: 'POINTS_ENTRY',
    type: 'points.entry',
    description: 'An entry was written to the ledger. The entries of each user arrive in order.',
    scope: 'points:read',
  },
  {
    value: 'HOLD_ENDED',
    type: 'hold.ended',
    description: 'A hold was captured or released, or has expired.',
    scope: 'points:read',
  },
  {
    value: 'TOKEN_EXPIRING',
    type: 'token.expiring',
    description: 'A token expires in 7 days.',
    scope: 'tokens:read',
  },
  {
    value: 'TOKEN_REVOKED',
    type: 'token.revoked',
    description: 'A token was revoked.',
    scope: 'tokens:read',
  },
  {
    value: 'USER_DELETED',
    type: 'user.deleted',
    description: 'A user was deleted.',
    scope: 'users:read',
  },
];

/** The same events as their messages name them, in the order of the schema. */
export function eventTypes(events: readonly WebhookEvent[]): string[] {
  return EVENTS.filter(({ value }) => events.includes(value)).map(({ type }) => type);
}
