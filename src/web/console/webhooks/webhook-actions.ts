import type { WebhookRowFragment } from '../../generated.js';
import { EVENTS } from './events.js';

/** What an administrator can do to a webhook. */
export type WebhookAction = 'test' | 'pause' | 'resume' | 'edit' | 'redeliver' | 'rotate' | 'delete';

type Webhook = Pick<WebhookRowFragment, 'state' | 'events'>;

/** Those that neither send anything nor let anything be sent need no scope of an event. */
const SILENT: ReadonlySet<WebhookAction> = new Set(['pause', 'delete']);

const ACTIONS: readonly WebhookAction[] = ['test', 'pause', 'resume', 'edit', 'redeliver', 'rotate', 'delete'];

/** The actions that a webhook in its state allows, and a caller with these scopes may do. */
export function actionsOn(webhook: Webhook, held: ReadonlySet<string>): ReadonlySet<WebhookAction> {
  if (!held.has('webhooks:write')) return new Set();
  const mayRead = EVENTS.every(({ value, scope }) => !webhook.events.includes(value) || held.has(scope));
  return new Set(ACTIONS.filter((action) => isPossible(action, webhook) && (mayRead || SILENT.has(action))));
}

function isPossible(action: WebhookAction, { state, events }: Webhook): boolean {
  if (action === 'pause') return state === 'ACTIVE';
  if (action === 'resume') return state === 'PAUSED';
  return action !== 'redeliver' || events.includes('POINTS_ENTRY');
}
