import { Table, Text } from '@mantine/core';
import type { UserFactsFragment } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import type { Column } from '../lists/list.js';
import { RoleBadge } from './role-badge.js';

/** The columns of {@link UserRow}. */
export const USER_COLUMNS: readonly Column[] = [
  { title: 'Username' },
  { title: 'Role', from: 'sm' },
  { title: 'Created', from: 'sm' },
  { title: 'Points', align: 'right' },
];

/** One user of a list. */
export function UserRow({ user: { id, username, role, createdAt, points } }: { user: UserFactsFragment }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Name href={`/users/${id}`} fw={500}>
          {username}
        </Name>
        {role === 'ADMIN' && (
          <Text component="div" hiddenFrom="sm" mt={4}>
            <RoleBadge role={role} />
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm" fz="sm">
        <RoleBadge role={role} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Timestamp at={createdAt} />
      </Table.Td>
      <Table.Td ta="right">
        <Amount>{points == null ? 'Unknown' : formatNumber(points)}</Amount>
      </Table.Td>
    </Table.Tr>
  );
}
