import type { WebhookProgressFragment } from '../../generated.js';
import { StateMark } from '../display/state-mark.js';
import { isStopped } from './webhook-state.js';

/** The state of a webhook. */
export function WebhookStateMark({ webhook }: { webhook: Pick<WebhookProgressFragment, 'state' | 'pausedBecause'> }) {
  if (webhook.state === 'ACTIVE') return <StateMark tone="positive">Active</StateMark>;
  return <StateMark tone={isStopped(webhook) ? 'negative' : 'neutral'}>Paused</StateMark>;
}
