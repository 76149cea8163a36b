import type { WebhookProgressFragment } from '../../generated.js';
import { formatNumber } from '../display/format-number.js';

/** The most that the API counts. */
const MAX_COUNTED = 10_000;

/** The number of entries that are to be delivered, as text: "10,000+" if there may be more than were counted. */
export function pendingText(pending: number): string {
  return pending < MAX_COUNTED ? formatNumber(pending) : `${formatNumber(MAX_COUNTED)}+`;
}

/** Whether a webhook is paused for another reason than a request. */
export function isStopped({ pausedBecause }: Pick<WebhookProgressFragment, 'pausedBecause'>): boolean {
  return pausedBecause !== null && pausedBecause !== 'REQUESTED';
}

/** Whether the last attempt of an active webhook failed. */
export function isFailing(
  webhook: Pick<WebhookProgressFragment, 'state' | 'lastDeliveredAt' | 'lastFailureAt'>,
): boolean {
  const { state, lastDeliveredAt, lastFailureAt } = webhook;
  if (state !== 'ACTIVE' || lastFailureAt === null) return false;
  return lastDeliveredAt === null || Date.parse(lastFailureAt) > Date.parse(lastDeliveredAt);
}
