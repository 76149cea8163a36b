import { Anchor, Group, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { WebhookRowFragment } from '../../generated.js';
import { CodeBadges } from '../display/code-badges.js';
import { Dimmed } from '../display/dimmed.js';
import { Line } from '../display/line.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import type { Column } from '../lists/list.js';
import { eventTypes } from './events.js';
import { LastFailure, NextAttempt } from './failure-lines.js';
import { pendingText } from './webhook-state.js';
import { WebhookStateMark } from './webhook-state-mark.js';
import { WebhookUrl } from './webhook-url.js';

/** The columns of {@link WebhookRow}. */
export const WEBHOOK_COLUMNS: readonly Column[] = [
  { title: 'URL' },
  { title: 'Events', from: 'md' },
  { title: 'State', from: 'sm' },
  { title: 'Pending', from: 'sm', align: 'right' },
  { title: 'Last delivered', from: 'sm' },
  { title: 'Last failure', from: 'lg' },
];

/** One webhook. On a narrow screen the first column holds everything. */
export function WebhookRow({ webhook }: { webhook: WebhookRowFragment }) {
  const { id, url, events, pending, pausedReason, lastDeliveredAt } = webhook;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} href={`/webhooks/${id}`} size="sm" className="scrip-clamped">
          <WebhookUrl url={url} />
        </Anchor>
        <Whose webhook={webhook} />
        <Group gap="xs" mt={6} hiddenFrom="md">
          <CodeBadges texts={eventTypes(events)} />
        </Group>
        <Text size="xs" c="dimmed" mt={6} hiddenFrom="sm" component="div">
          <WebhookStateMark webhook={webhook} />
          {pausedReason && <div className="scrip-name">{pausedReason}</div>}
          <div>{pendingText(pending)} pending</div>
          {lastDeliveredAt ? (
            <div>
              Delivered <Timestamp at={lastDeliveredAt} isInline />
            </div>
          ) : (
            <div>Nothing delivered yet</div>
          )}
        </Text>
        <Text size="xs" c="dimmed" mt={4} hiddenFrom="lg" component="div">
          <LastFailure webhook={webhook} isLabelled />
          <NextAttempt webhook={webhook} />
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md" miw="18ch">
        <CodeBadges texts={eventTypes(events)} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <WebhookStateMark webhook={webhook} />
        {pausedReason && (
          <Text size="xs" c="dimmed" className="scrip-name">
            {pausedReason}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right" className="scrip-number">
        {pendingText(pending)}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {lastDeliveredAt ? <Timestamp at={lastDeliveredAt} /> : <Dimmed>Never</Dimmed>}
      </Table.Td>
      <Table.Td visibleFrom="lg">
        {webhook.lastFailureAt === null && <Dimmed>None</Dimmed>}
        <LastFailure webhook={webhook} />
        <NextAttempt webhook={webhook} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Whose events are sent. */
function Whose({ webhook: { user } }: { webhook: WebhookRowFragment }) {
  return (
    <Line>
      Events of{' '}
      {user ? (
        <Name href={`/users/${user.id}`} isInline>
          {user.username}
        </Name>
      ) : (
        'all users'
      )}
    </Line>
  );
}
