import { Code, Group, Text } from '@mantine/core';
import type { WebhookDetailsQuery } from '../../generated.js';
import { CopyableCode, CopyableId } from '../display/copyable-id.js';
import { FactRow, FactTable } from '../display/fact-table.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import { eventTypes } from './events.js';
import { LastFailure } from './failure-lines.js';
import { pendingText } from './webhook-state.js';

type Webhook = NonNullable<WebhookDetailsQuery['webhook']>;

/** How far a webhook is. */
export function DeliveryFacts({ webhook }: { webhook: Webhook }) {
  const { state, pausedAt, pausedReason, pending, lastDeliveredAt, lastFailureAt, nextAttemptAt } = webhook;
  return (
    <FactTable label="Deliveries">
      {state === 'PAUSED' && (
        <FactRow label="Paused">
          {pausedReason && <Text size="sm">{pausedReason}</Text>}
          {pausedAt && <Timestamp at={pausedAt} />}
        </FactRow>
      )}
      <FactRow label="Pending">
        {pending === 0 ? 'No entries' : `${pendingText(pending)} ${pending === 1 ? 'entry' : 'entries'}`}
      </FactRow>
      <FactRow label="Last delivered">{lastDeliveredAt ? <Timestamp at={lastDeliveredAt} /> : 'Never'}</FactRow>
      <FactRow label="Last failure">{lastFailureAt ? <LastFailure webhook={webhook} /> : 'None'}</FactRow>
      <FactRow label="Next attempt">{nextAttemptAt ? <Timestamp at={nextAttemptAt} /> : 'None'}</FactRow>
    </FactTable>
  );
}

/** What a webhook is. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const { id, url, events, user, signature, publicKey, createdBy, token, createdAt } = webhook;
  return (
    <FactTable label="Details">
      <FactRow label="URL">
        <CopyableCode text={url} label="Copy the URL" />
      </FactRow>
      <FactRow label="Events">
        <Group gap={4}>
          {eventTypes(events).map((type) => (
            <Code key={type}>{type}</Code>
          ))}
        </Group>
      </FactRow>
      <FactRow label="Events of">
        {user ? <Name href={`/users/${user.id}`}>{user.username}</Name> : 'All users'}
      </FactRow>
      <FactRow label="Signature">{signature === 'ED25519' ? 'Ed25519 (v1a)' : 'HMAC-SHA256 (v1)'}</FactRow>
      {publicKey && (
        <FactRow label="Public key">
          <CopyableCode text={publicKey} label="Copy the public key" />
        </FactRow>
      )}
      <FactRow label="Created">
        <Timestamp at={createdAt} />
      </FactRow>
      <FactRow label="Created by">
        {createdBy ? <Name href={`/users/${createdBy.id}`}>{createdBy.username}</Name> : 'Unknown'}
      </FactRow>
      <FactRow label="Token">{token ? <Name href={`/tokens/${token.id}`}>{token.name}</Name> : 'None'}</FactRow>
      <FactRow label="ID">
        <CopyableId id={id} of="the webhook" />
      </FactRow>
    </FactTable>
  );
}
