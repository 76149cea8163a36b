import { Table } from '@mantine/core';
import { Trophy } from 'lucide-react';
import { LeaderboardDocument, type LeaderboardQuery } from '../../generated.js';
import { Amount } from '../reading/amount.js';
import { count } from '../reading/count.js';
import { type Column, List } from '../reading/list.js';
import { Name } from '../reading/name.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { useNews } from './use-news.js';

const COLUMNS: readonly Column[] = [{ title: 'Most points' }, { title: 'Points', align: 'right' }];

type LeaderboardUser = NonNullable<LeaderboardQuery['leaderboard']>['nodes'][number];

const PAUSE_MILLISECONDS = 2_000;

/**
 * The few with most points.
 *
 * @param most how many.
 * @param news changes when there is something new: then it is read again, soon.
 */
export function Leaderboard({ most, news = 0 }: { most: number; news?: number }) {
  const pages = usePages<LeaderboardUser>();
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
              <Name href={`/users/${id}`}>{username}</Name>
            </Table.Td>
            <Table.Td ta="right">
              <Amount>{points == null ? '?' : count(points)}</Amount>
            </Table.Td>
          </Table.Tr>
        )}
      </Rows>
    </List>
  );
}
