import { Table, Text } from '@mantine/core';
import { NotebookPen } from 'lucide-react';
import { UserPostsDocument } from '../../generated.js';
import { type Column, List } from '../reading/list.js';
import { Moment } from '../reading/moment.js';
import { Nothing } from '../reading/nothing.js';
import { plainText } from '../reading/plain-text.js';
import { Prose } from '../reading/prose.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';

const COLUMNS: readonly Column[] = [{ title: 'Post' }, { title: 'Written', from: 'sm' }];

/** What a user wrote. */
export function UserPosts({ userId }: { userId: string }) {
  const pages = usePages();
  return (
    <List label="Posts" columns={COLUMNS}>
      {pages.afters.map((after) => (
        <PostRows key={after} {...{ pages, after, userId }} />
      ))}
    </List>
  );
}

function PostRows({ pages, after, userId }: { pages: OpenPages; after: string | null; userId: string }) {
  const reading = useRead(UserPostsDocument, { id: userId, first: 20, after }, { types: 'Post' });
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.user?.posts}
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
    </Rows>
  );
}
