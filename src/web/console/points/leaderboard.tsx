import { Anchor, Table, Text } from '@mantine/core';
import { Trophy } from 'lucide-react';
import { Link } from 'wouter';
import { LeaderboardDocument } from '../../generated.js';
import { count } from '../reading/count.js';
import { type Column, List } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { useNews } from './use-news.js';

const COLUMNS: readonly Column[] = [{ title: 'Most points' }, { title: 'Points', align: 'right' }];

const PAUSE_MILLISECONDS = 2_000;

/**
 * The few with most points.
 *
 * @param most how many.
 * @param news changes when there is something new: then it is read again, soon.
 */
export function Leaderboard({ most, news = 0 }: { most: number; news?: number }) {
  const pages = usePages();
  const reading = useRead(LeaderboardDocument, { first: most, after: null }, { types: 'User' });
  useNews(reading.again, { news, pauseMilliseconds: PAUSE_MILLISECONDS });
  const nodes = reading.data?.leaderboard?.nodes;
  return (
    <List label="Most points" columns={COLUMNS}>
      <Rows
        {...{ reading, pages, after: null }}
        page={nodes && { nodes, pageInfo: { hasNextPage: false } }}
        empty={<Nothing icon={Trophy} title="Nobody" description="There are no users yet." />}
      >
        {({ id, username, points }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Anchor component={Link} href={`/users/${id}`} size="sm" className="scrip-name">
                {username}
              </Anchor>
            </Table.Td>
            <Table.Td ta="right" className="scrip-number">
              <Text size="sm">{points == null ? '?' : count(points)}</Text>
            </Table.Td>
          </Table.Tr>
        )}
      </Rows>
    </List>
  );
}
