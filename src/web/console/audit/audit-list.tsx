import { Anchor, Table, Text } from '@mantine/core';
import { ScrollText } from 'lucide-react';
import { Link } from 'wouter';
import { type AuditAction, AuditLogDocument, type AuditRowFragment } from '../../generated.js';
import { type Column, List } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { actionWord } from './action-word.js';

const COLUMNS: readonly Column[] = [
  { title: 'What' },
  { title: 'By', from: 'sm' },
  { title: 'To', from: 'sm' },
  { title: 'From', from: 'md' },
  { title: 'When' },
];

interface AuditListProps {
  action?: AuditAction | undefined;
  user?: string | undefined;
}

/** What was done, newest first. */
export function AuditList(filter: AuditListProps) {
  const pages = usePages();
  return (
    <List label="Events" columns={COLUMNS}>
      {pages.afters.map((after) => (
        <AuditRows key={after} {...{ pages, after, ...filter }} />
      ))}
    </List>
  );
}

function AuditRows({ pages, after, action, user }: AuditListProps & { pages: OpenPages; after: string | null }) {
  const reading = useRead(AuditLogDocument, {
    first: 50,
    after,
    action: action ?? null,
    user: user ? { username: user } : null,
  });
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.auditLog}
      empty={<Nothing icon={ScrollText} title="No such event" description="Nothing of the kind was recorded." />}
    >
      {(event) => <AuditRow key={event.id} event={event} />}
    </Rows>
  );
}

/** One event. */
export function AuditRow({ event }: { event: AuditRowFragment }) {
  const { action, actor, subject, token, address, detail, at } = event;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {actionWord(action)}
        </Text>
        {(token ?? detail) && (
          <Text size="xs" c="dimmed" className="scrip-name">
            {[token && `“${token.name}”`, detail].filter(Boolean).join(', ')}
          </Text>
        )}
        <Text size="xs" c="dimmed" hiddenFrom="sm" className="scrip-name">
          {[actor && `by ${actor.username}`, subject && `to ${subject.username}`].filter(Boolean).join(', ')}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">{actor ? <Name user={actor} /> : <Nobody />}</Table.Td>
      <Table.Td visibleFrom="sm">{subject ? <Name user={subject} /> : <Nobody />}</Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm" c="dimmed" ff="monospace">
          {address}
        </Text>
      </Table.Td>
      <Table.Td>
        <Moment at={at} />
      </Table.Td>
    </Table.Tr>
  );
}

function Name({ user: { id, username } }: { user: { id: string; username: string } }) {
  return (
    <Anchor component={Link} href={`/users/${id}`} size="sm" className="scrip-name">
      {username}
    </Anchor>
  );
}

function Nobody() {
  return (
    <Text component="span" size="sm" c="dimmed">
      –
    </Text>
  );
}
