import { Table, Text } from '@mantine/core';
import { ScrollText } from 'lucide-react';
import {
  type AuditAction,
  AuditLogDocument,
  type AuditLogQuery,
  type AuditRowFragment,
  type UserBy,
} from '../../generated.js';
import { Dimmed } from '../display/dimmed.js';
import { Detail, Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import type { CsvFormat } from '../lists/use-export.js';
import { actionLabel } from './action-label.js';

/** The columns of {@link AuditRow}. */
export const AUDIT_COLUMNS: readonly Column[] = [
  { title: 'Action' },
  { title: 'Actor', from: 'sm' },
  { title: 'Affected user', from: 'sm' },
  { title: 'Address', from: 'md' },
  { title: 'Time', from: 'sm' },
];

interface AuditListProps {
  action?: AuditAction | undefined;
  user?: UserBy | undefined;
}

const CSV_FORMAT: CsvFormat<AuditRowFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'at', cell: ({ at }) => at },
    { title: 'action', cell: ({ action }) => action },
    { title: 'actorId', cell: ({ actor }) => actor?.id },
    { title: 'actor', cell: ({ actor }) => actor?.username },
    { title: 'subjectId', cell: ({ subject }) => subject?.id },
    { title: 'subject', cell: ({ subject }) => subject?.username },
    { title: 'tokenId', cell: ({ token }) => token?.id },
    { title: 'token', cell: ({ token }) => token?.name },
    { title: 'address', cell: ({ address }) => address },
    { title: 'detail', cell: ({ detail }) => detail },
  ],
  at: ({ at }) => at,
};

/** Events of the audit log, newest first. */
export function AuditList({ action, user }: AuditListProps) {
  return (
    <PagedList
      label="Events"
      columns={AUDIT_COLUMNS}
      source={{
        query: AuditLogDocument,
        variables: (after) => ({ first: 50, after, action: action ?? null, user: user ?? null }),
        page: ({ auditLog }: AuditLogQuery) => auditLog,
      }}
      csv={CSV_FORMAT}
      empty={<EmptyMessage icon={ScrollText} title="No events" description="No events match these filters." />}
    >
      {(event) => <AuditRow key={event.id} event={event} />}
    </PagedList>
  );
}

/** One event of the audit log. */
export function AuditRow({ event }: { event: AuditRowFragment }) {
  const { action, actor, subject, token, address, detail, at } = event;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {actionLabel(action)}
        </Text>
        {token && <Name href={`/tokens/${token.id}`}>{token.name}</Name>}
        {detail && <Detail>{detail}</Detail>}
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          {actor && <span className="scrip-clamped">By {actor.username}</span>}
          {subject && <span className="scrip-clamped">Affected: {subject.username}</span>}
          <Timestamp at={at} isInline />
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">{actor ? <User user={actor} /> : <Dimmed>–</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="sm">{subject ? <User user={subject} /> : <Dimmed>–</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm" c="dimmed" ff="monospace">
          {address}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Timestamp at={at} />
      </Table.Td>
    </Table.Tr>
  );
}

function User({ user: { id, username } }: { user: { id: string; username: string } }) {
  return <Name href={`/users/${id}`}>{username}</Name>;
}
