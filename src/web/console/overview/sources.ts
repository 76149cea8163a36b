import {
  ActiveTokensDocument,
  type ActiveTokensQuery,
  WebhookStatesDocument,
  type WebhookStatesQuery,
} from '../../generated.js';

export type ActiveToken = NonNullable<ActiveTokensQuery['tokens']>['nodes'][number];
export type WebhookStatus = NonNullable<WebhookStatesQuery['webhooks']>['nodes'][number];

export const ACTIVE_TOKENS = {
  query: ActiveTokensDocument,
  variables: (after: string | null) => ({ after }),
  page: ({ tokens }: ActiveTokensQuery) => tokens,
};

export const WEBHOOKS = {
  query: WebhookStatesDocument,
  variables: (after: string | null) => ({ after }),
  page: ({ webhooks }: WebhookStatesQuery) => webhooks,
};
