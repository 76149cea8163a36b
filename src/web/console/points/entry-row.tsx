import { Table, Text, UnstyledButton } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import type { EntryRowFragment } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatChange, formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import type { Column } from '../lists/list.js';
import { EntryDetails } from './entry-details.js';
import { EntryOrigin } from './entry-origin.js';
import { EntryTime } from './entry-time.js';
import { kindLabel } from './kind-label.js';

const USER: Column = { title: 'User' };

/** The columns of {@link EntryRow}. */
export function entryColumns({ withUser, withActions }: { withUser?: boolean; withActions?: boolean }): Column[] {
  return [
    { title: 'Change' },
    ...(withUser ? [USER] : []),
    { title: 'Reason and origin', from: 'sm' },
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

/** One entry of the ledger, with a button that opens its details in a row below. */
export function EntryRow({ entry, withUser = false, action }: EntryRowProps) {
  const { kind, delta, user, balanceAfter, sequence } = entry;
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Text size="sm" fw={500} component="span" {...(delta > 0 && { c: 'var(--scrip-gain)' })}>
            <Amount>{formatChange(delta)}</Amount>
          </Text>{' '}
          <Text size="xs" c="dimmed" className="scrip-number">
            {kindLabel(kind)}, entry {sequence}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
            <EntryOrigin entry={entry} size="xs" />
            <EntryTime entry={entry} isInline />
          </Text>
          <UnstyledButton
            className="scrip-toggle"
            aria-expanded={isOpen}
            {...(isOpen && { 'aria-controls': detailsId })}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide details' : 'Details'}
            <span className="scrip-visually-hidden">
              {' '}
              of entry {sequence} of {user.username}
            </span>
          </UnstyledButton>
        </Table.Td>
        {withUser && (
          <Table.Td>
            <Name href={`/users/${user.id}`}>{user.username}</Name>
          </Table.Td>
        )}
        <Table.Td visibleFrom="sm">
          <EntryOrigin entry={entry} />
        </Table.Td>
        <Table.Td ta="right">
          <Amount>{formatNumber(balanceAfter)}</Amount>
        </Table.Td>
        <Table.Td visibleFrom="sm">
          <EntryTime entry={entry} />
        </Table.Td>
        {action !== undefined && <Table.Td ta="right">{action}</Table.Td>}
      </Table.Tr>
      {isOpen && <EntryDetails id={detailsId} entry={entry} />}
    </>
  );
}
