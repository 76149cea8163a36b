import { Table, Text } from '@mantine/core';
import { NotebookPen } from 'lucide-react';
import { UserPostsDocument, type UserPostsQuery } from '../../generated.js';
import type { Sheet } from '../reading/export-dialog.js';
import type { Column } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Nothing } from '../reading/nothing.js';
import { PagedList } from '../reading/paged-list.js';
import { plainText } from '../reading/plain-text.js';
import { Prose } from '../reading/prose.js';

type Post = NonNullable<NonNullable<UserPostsQuery['user']>['posts']>['nodes'][number];

const COLUMNS: readonly Column[] = [{ title: 'Post' }, { title: 'Written', from: 'sm' }];

const SHEET: Sheet<Post> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'title', cell: ({ title }) => title },
    { title: 'body', cell: ({ body }) => body },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
    { title: 'updatedAt', cell: ({ updatedAt }) => updatedAt },
  ],
  at: ({ createdAt }) => createdAt,
};

/** What a user wrote. */
export function UserPosts({ userId }: { userId: string }) {
  return (
    <PagedList
      label="Posts"
      columns={COLUMNS}
      source={{
        query: UserPostsDocument,
        variables: (after) => ({ id: userId, first: 20, after }),
        page: ({ user }: UserPostsQuery) => user?.posts,
      }}
      types="Post"
      sheet={SHEET}
      empty={<Nothing icon={NotebookPen} title="No posts" description="This user has written nothing." />}
    >
      {({ id, title, body, createdAt }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <Text size="sm" fw={500} className="scrip-name">
              <bdi>{plainText(title)}</bdi>
            </Text>
            <Prose size="xs">{body}</Prose>
          </Table.Td>
          <Table.Td visibleFrom="sm">
            <Moment at={createdAt} />
          </Table.Td>
        </Table.Tr>
      )}
    </PagedList>
  );
}
