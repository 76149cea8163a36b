import { Anchor, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { EntryRowFragment } from '../../generated.js';
import { change, count } from '../reading/count.js';
import type { Column } from '../reading/list.js';
import { Moment } from '../reading/moment.js';

const WORDS = { ADD: 'Added', SPEND: 'Spent', REVERSAL: 'Reversed' };

const USER: Column = { title: 'User' };

/** The columns of {@link EntryRow}. */
export function entryColumns({ withUser, withActions }: { withUser?: boolean; withActions?: boolean }): Column[] {
  return [
    { title: 'Change' },
    ...(withUser ? [USER] : []),
    { title: 'Reason', from: 'sm' },
    { title: 'Balance', align: 'right' },
    { title: 'When', from: 'sm' },
    ...(withActions ? [{ title: 'Actions' }] : []),
  ];
}

interface EntryRowProps {
  entry: EntryRowFragment;
  withUser?: boolean;
  /** What can be done to it. */
  action?: ReactNode;
}

/** One line of the ledger. */
export function EntryRow({ entry, withUser = false, action }: EntryRowProps) {
  const { kind, delta, user, reason, reverses, balanceAfter, createdAt } = entry;
  const why = reason ?? (reverses ? `Takes back no. ${reverses.sequence}` : '');
  return (
    <Table.Tr>
      <Table.Td>
        <Text
          size="sm"
          fw={500}
          className="scrip-number"
          component="span"
          {...(delta > 0 && { c: 'var(--scrip-gain)' })}
        >
          {change(delta)}
        </Text>{' '}
        <Text size="xs" c="dimmed" className="scrip-number">
          {WORDS[kind]}, no. {entry.sequence}
        </Text>
        <Text size="xs" c="dimmed" hiddenFrom="sm" className="scrip-name">
          {why} {why && '· '}
          <Moment at={createdAt} />
        </Text>
      </Table.Td>
      {withUser && (
        <Table.Td>
          <Anchor component={Link} href={`/users/${user.id}`} size="sm" className="scrip-name">
            {user.username}
          </Anchor>
        </Table.Td>
      )}
      <Table.Td visibleFrom="sm">
        <Text size="sm" className="scrip-name">
          {why}
        </Text>
      </Table.Td>
      <Table.Td ta="right" className="scrip-number">
        {count(balanceAfter)}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment at={createdAt} />
      </Table.Td>
      {action !== undefined && <Table.Td ta="right">{action}</Table.Td>}
    </Table.Tr>
  );
}
