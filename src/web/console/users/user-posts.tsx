import { Table, Text } from '@mantine/core';
import { NotebookPen } from 'lucide-react';
import { UserPostsDocument, type UserPostsQuery } from '../../generated.js';
import { LongText } from '../display/long-text.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import type { CsvFormat } from '../lists/use-export.js';

type Post = NonNullable<NonNullable<UserPostsQuery['user']>['posts']>['nodes'][number];

const COLUMNS: readonly Column[] = [{ title: 'Post' }, { title: 'Created', from: 'sm' }];

const CSV_FORMAT: CsvFormat<Post> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'title', cell: ({ title }) => title },
    { title: 'body', cell: ({ body }) => body },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
    { title: 'updatedAt', cell: ({ updatedAt }) => updatedAt },
  ],
  at: ({ createdAt }) => createdAt,
};

/** Posts of a user. */
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
      csv={CSV_FORMAT}
      empty={<EmptyMessage icon={NotebookPen} title="No posts" description="This user has not written any posts." />}
    >
      {({ id, title, body, createdAt }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <Text size="sm" fw={500} className="scrip-name">
              <bdi>{plainText(title)}</bdi>
            </Text>
            <LongText size="xs">{body}</LongText>
          </Table.Td>
          <Table.Td visibleFrom="sm">
            <Timestamp at={createdAt} />
          </Table.Td>
        </Table.Tr>
      )}
    </PagedList>
  );
}
