import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { EntryRowFragment } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatChange, formatNumber } from '../display/format-number.js';
import { LongText } from '../display/long-text.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import type { Column } from '../lists/list.js';

const LABELS = { ADD: 'Added', SPEND: 'Spent', REVERSAL: 'Reversed' };

const USER: Column = { title: 'User' };

/** The columns of {@link EntryRow}. */
export function entryColumns({ withUser, withActions }: { withUser?: boolean; withActions?: boolean }): Column[] {
  return [
    { title: 'Change' },
    ...(withUser ? [USER] : []),
    { title: 'Reason', from: 'sm' },
    { title: 'Balance', align: 'right' },
    { title: 'Time', from: 'sm' },
    ...(withActions ? [{ title: 'Actions' }] : []),
  ];
}

interface EntryRowProps {
  entry: EntryRowFragment;
  withUser?: boolean;
  /** A button in the last column. */
  action?: ReactNode;
}

/** One entry of the ledger. */
export function EntryRow({ entry, withUser = false, action }: EntryRowProps) {
  const { kind, delta, user, reason, reverses, balanceAfter, createdAt } = entry;
  const text = reason ?? (reverses ? `Reverses entry ${reverses.sequence}` : '');
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500} component="span" {...(delta > 0 && { c: 'var(--scrip-gain)' })}>
          <Amount>{formatChange(delta)}</Amount>
        </Text>{' '}
        <Text size="xs" c="dimmed" className="scrip-number">
          {LABELS[kind]}, entry {entry.sequence}
        </Text>
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          {text && <LongText size="xs">{text}</LongText>}
          <div>
            <Timestamp at={createdAt} isInline />
          </div>
        </Text>
      </Table.Td>
      {withUser && (
        <Table.Td>
          <Name href={`/users/${user.id}`}>{user.username}</Name>
        </Table.Td>
      )}
      <Table.Td visibleFrom="sm">{text && <LongText>{text}</LongText>}</Table.Td>
      <Table.Td ta="right">
        <Amount>{formatNumber(balanceAfter)}</Amount>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Timestamp at={createdAt} />
      </Table.Td>
      {action !== undefined && <Table.Td ta="right">{action}</Table.Td>}
    </Table.Tr>
  );
}
