import { Webhook as WebhookIcon } from 'lucide-react';
import { useEffect } from 'react';
import { WebhookDetailsDocument, type WebhookDetailsQuery, WebhookProgressDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { useRefetchWhileVisible } from '../api/use-refetch-while-visible.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Loading } from '../display/loading.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { Page } from '../page/page.js';
import { WebhookButtons } from './webhook-buttons.js';
import { DeliveryFacts, WebhookFacts } from './webhook-facts.js';
import { WebhookStateMark } from './webhook-state-mark.js';
import { hostOf } from './webhook-url.js';

/** One webhook: what it sends, and how far it is. */
export function WebhookPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useApiQuery(WebhookDetailsDocument, { id }, { types: 'Webhook' });
  if (data?.webhook) return <WebhookDetails webhook={data.webhook} refetch={refetch} />;
  return (
    <Page title="Webhook">
      {isFetching && <Loading h={240} />}
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      {!isFetching && !error && (
        <EmptyMessage icon={WebhookIcon} title="Webhook not found" description="There is no webhook with this ID." />
      )}
    </Page>
  );
}

interface WebhookDetailsProps {
  webhook: NonNullable<WebhookDetailsQuery['webhook']>;
  refetch: () => void;
}

function WebhookDetails({ webhook: known, refetch }: WebhookDetailsProps) {
  const progress = useApiQuery(WebhookProgressDocument, { id: known.id }, { types: 'Webhook PointsEntry' });
  useRefetchWhileVisible(progress.refetch);
  const isDeleted = progress.data?.webhook === null && !progress.error;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the deletion is a reason to read the webhook again.
  useEffect(() => {
    if (isDeleted) refetch();
  }, [isDeleted]);
  const webhook = { ...known, ...progress.data?.webhook };
  return (
    <Page
      title={`Webhook to ${hostOf(webhook.url)}`}
      description={<WebhookStateMark webhook={webhook} />}
      actions={<WebhookButtons webhook={webhook} />}
    >
      <DeliveryFacts webhook={webhook} />
      <WebhookFacts webhook={webhook} />
    </Page>
  );
}
