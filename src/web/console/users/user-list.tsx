import { Button, Table, Text } from '@mantine/core';
import { Users } from 'lucide-react';
import {
  type UserFactsFragment,
  UsersByPointsDocument,
  type UsersByPointsQuery,
  UsersDocument,
  type UsersQuery,
} from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import type { CsvFormat } from '../lists/use-export.js';
import { RoleBadge } from './role-badge.js';

const PAGE_SIZE = 50;

const COLUMNS: readonly Column[] = [
  { title: 'Username' },
  { title: 'Role', from: 'sm' },
  { title: 'Created', from: 'sm' },
  { title: 'Points', align: 'right' },
];

const CSV_FORMAT: CsvFormat<UserFactsFragment> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'username', cell: ({ username }) => username },
    { title: 'role', cell: ({ role }) => role },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
    { title: 'points', cell: ({ points }) => points },
  ],
};

interface UserListProps {
  search: string;
  /** Whether users with the most points come first. A search lists users by name. */
  isByPoints: boolean;
  onCreate: () => void;
}

/** Users whose username contains the search text, by name; or all users by points. */
export function UserList({ search, isByPoints, onCreate }: UserListProps) {
  const list = {
    label: 'Users',
    columns: COLUMNS,
    csv: CSV_FORMAT,
    types: 'User',
    empty: <NoUsers {...{ search, onCreate }} />,
    children: (user: UserFactsFragment) => <UserRow key={user.id} user={user} />,
  };
  return isByPoints ? (
    <PagedList
      {...list}
      source={{
        query: UsersByPointsDocument,
        variables: (after) => ({ first: PAGE_SIZE, after }),
        page: ({ leaderboard }: UsersByPointsQuery) => leaderboard,
      }}
    />
  ) : (
    <PagedList
      {...list}
      source={{
        query: UsersDocument,
        variables: (after) => ({ first: PAGE_SIZE, after, search: search || null }),
        page: ({ users }: UsersQuery) => users,
      }}
    />
  );
}

function NoUsers({ search, onCreate }: Pick<UserListProps, 'search' | 'onCreate'>) {
  return (
    <EmptyMessage
      icon={Users}
      title="No users found"
      description={search === '' ? 'There are no users yet.' : `No username contains “${search}”.`}
    >
      <Button variant="default" onClick={onCreate}>
        Create a user
      </Button>
    </EmptyMessage>
  );
}

function UserRow({ user: { id, username, role, createdAt, points } }: { user: UserFactsFragment }) {
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
