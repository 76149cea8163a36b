import { Button, Table, Text } from '@mantine/core';
import { Users } from 'lucide-react';
import { type UserFactsFragment, UsersDocument } from '../../generated.js';
import { Amount } from '../reading/amount.js';
import { count } from '../reading/count.js';
import { type Column, List } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Name } from '../reading/name.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { RoleBadge } from './role-badge.js';

const PAGE_SIZE = 50;

const COLUMNS: readonly Column[] = [
  { title: 'Name' },
  { title: 'Role', from: 'sm' },
  { title: 'Created', from: 'sm' },
  { title: 'Points', align: 'right' },
];

interface UserListProps {
  search: string;
  onCreate: () => void;
}

/** The users whose names contain something, by name. */
export function UserList({ search, onCreate }: UserListProps) {
  const pages = usePages();
  return (
    <List label="Users" columns={COLUMNS}>
      {pages.afters.map((after) => (
        <UserRows key={after} {...{ pages, after, search, onCreate }} />
      ))}
    </List>
  );
}

function UserRows({ pages, after, search, onCreate }: UserListProps & { pages: OpenPages; after: string | null }) {
  const reading = useRead(UsersDocument, { first: PAGE_SIZE, after, search: search || null }, { types: 'User' });
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.users}
      empty={
        <Nothing icon={Users} title="Nobody" description={`No name contains “${search}”.`}>
          <Button variant="default" onClick={onCreate}>
            Create a user
          </Button>
        </Nothing>
      }
    >
      {(user) => <UserRow key={user.id} user={user} />}
    </Rows>
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
