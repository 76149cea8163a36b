import type { WebhookRowFragment } from '../../generated.js';
import type { CsvFormat } from '../lists/use-export.js';
import { eventTypes } from './events.js';

/** Webhooks, which the API orders by the time when they were created. */
export const WEBHOOK_CSV: CsvFormat<WebhookRowFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'url', cell: ({ url }) => url },
    { title: 'events', cell: ({ events }) => eventTypes(events).join(' ') },
    { title: 'userId', cell: ({ user }) => user?.id },
    { title: 'user', cell: ({ user }) => user?.username },
    { title: 'state', cell: ({ state }) => state },
    { title: 'pausedAt', cell: ({ pausedAt }) => pausedAt },
    { title: 'pausedReason', cell: ({ pausedReason }) => pausedReason },
    { title: 'pending', cell: ({ pending }) => pending },
    { title: 'lastDeliveredAt', cell: ({ lastDeliveredAt }) => lastDeliveredAt },
    { title: 'lastFailureAt', cell: ({ lastFailureAt }) => lastFailureAt },
    { title: 'lastFailure', cell: ({ lastFailure }) => lastFailure },
    { title: 'nextAttemptAt', cell: ({ nextAttemptAt }) => nextAttemptAt },
    { title: 'signature', cell: ({ signature }) => signature },
    { title: 'createdById', cell: ({ createdBy }) => createdBy?.id },
    { title: 'createdBy', cell: ({ createdBy }) => createdBy?.username },
    { title: 'tokenId', cell: ({ token }) => token?.id },
    { title: 'token', cell: ({ token }) => token?.name },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
  ],
  at: ({ createdAt }) => createdAt,
};
