import { Button } from '@mantine/core';
import { Users } from 'lucide-react';
import {
  type UserFactsFragment,
  UsersByPointsDocument,
  type UsersByPointsQuery,
  UsersDocument,
  type UsersQuery,
} from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { PagedList } from '../lists/paged-list.js';
import type { CsvFormat } from '../lists/use-export.js';
import { USER_COLUMNS, UserRow } from './user-row.js';

const PAGE_SIZE = 50;

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
    columns: USER_COLUMNS,
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
