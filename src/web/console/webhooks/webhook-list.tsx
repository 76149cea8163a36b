import { Button } from '@mantine/core';
import { Webhook } from 'lucide-react';
import { WebhooksDocument, type WebhooksQuery } from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { PagedList } from '../lists/paged-list.js';
import { WEBHOOK_CSV } from './webhook-csv.js';
import { WEBHOOK_COLUMNS, WebhookRow } from './webhook-row.js';

const PAGE_SIZE = 50;

const SOURCE = {
  query: WebhooksDocument,
  variables: (after: string | null) => ({ first: PAGE_SIZE, after }),
  page: ({ webhooks }: WebhooksQuery) => webhooks,
};

/** Webhooks, newest first. `onCreate` is undefined where the caller may create none. */
export function WebhookList({ onCreate }: { onCreate: (() => void) | undefined }) {
  return (
    <PagedList
      label="Webhooks"
      columns={WEBHOOK_COLUMNS}
      source={SOURCE}
      types="Webhook"
      csv={WEBHOOK_CSV}
      empty={
        <EmptyMessage
          icon={Webhook}
          title="No webhooks"
          description="With a webhook, an application learns of each change without asking for it."
        >
          {onCreate && <Button onClick={onCreate}>Create a webhook</Button>}
        </EmptyMessage>
      }
    >
      {(webhook) => <WebhookRow key={webhook.id} webhook={webhook} />}
    </PagedList>
  );
}
