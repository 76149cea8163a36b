import { Table, Text } from '@mantine/core';
import { ScrollText } from 'lucide-react';
import { type AuditAction, AuditLogDocument, type AuditRowFragment, type UserBy } from '../../generated.js';
import { type Column, List } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Aside, Name } from '../reading/name.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { actionWord } from './action-word.js';

/** The columns of {@link AuditRow}. */
export const AUDIT_COLUMNS: readonly Column[] = [
  { title: 'Action' },
  { title: 'By', from: 'sm' },
  { title: 'To', from: 'sm' },
  { title: 'From', from: 'md' },
  { title: 'When', from: 'sm' },
];

interface AuditListProps {
  action?: AuditAction | undefined;
  user?: UserBy | undefined;
}

/** What was done, newest first. */
export function AuditList(filter: AuditListProps) {
  const pages = usePages();
  return (
    <List label="Events" columns={AUDIT_COLUMNS}>
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
    user: user ?? null,
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
        {token && <Name href={`/tokens/${token.id}`}>{token.name}</Name>}
        {detail && <Aside>{detail}</Aside>}
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          {actor && <span className="scrip-clamped">By {actor.username}</span>}
          {subject && <span className="scrip-clamped">To {subject.username}</span>}
          <Moment at={at} isInline />
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">{actor ? <User user={actor} /> : <None />}</Table.Td>
      <Table.Td visibleFrom="sm">{subject ? <User user={subject} /> : <None />}</Table.Td>
      <Table.Td visibleFrom="md">
        <Text size="sm" c="dimmed" ff="monospace">
          {address}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment at={at} />
      </Table.Td>
    </Table.Tr>
  );
}

function User({ user: { id, username } }: { user: { id: string; username: string } }) {
  return <Name href={`/users/${id}`}>{username}</Name>;
}

function None() {
  return (
    <Text component="span" size="sm" c="dimmed">
      –
    </Text>
  );
}
