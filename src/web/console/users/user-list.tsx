import { Button, Table, Text } from '@mantine/core';
import { Users } from 'lucide-react';
import {
  type UserFactsFragment,
  UsersByPointsDocument,
  type UsersByPointsQuery,
  UsersDocument,
  type UsersQuery,
} from '../../generated.js';
import { Amount } from '../reading/amount.js';
import { count } from '../reading/count.js';
import type { Sheet } from '../reading/export-dialog.js';
import type { Column } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Name } from '../reading/name.js';
import { Nothing } from '../reading/nothing.js';
import { PagedList } from '../reading/paged-list.js';
import { RoleBadge } from './role-badge.js';

const PAGE_SIZE = 50;

const COLUMNS: readonly Column[] = [
  { title: 'Name' },
  { title: 'Role', from: 'sm' },
  { title: 'Created', from: 'sm' },
  { title: 'Points', align: 'right' },
];

const SHEET: Sheet<UserFactsFragment> = {
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
  /** Whether those with most points come first: a search has the order of names. */
  isByPoints: boolean;
  onCreate: () => void;
}

/** The users whose names contain something, by name; or all users by their points. */
export function UserList({ search, isByPoints, onCreate }: UserListProps) {
  const list = {
    label: 'Users',
    columns: COLUMNS,
    sheet: SHEET,
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
    <Nothing icon={Users} title="Nobody" description={`No name contains “${search}”.`}>
      <Button variant="default" onClick={onCreate}>
        Create a user
      </Button>
    </Nothing>
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
        <Moment at={createdAt} />
      </Table.Td>
      <Table.Td ta="right">
        <Amount>{points == null ? '?' : count(points)}</Amount>
      </Table.Td>
    </Table.Tr>
  );
}
