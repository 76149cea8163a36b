import { Table } from '@mantine/core';
import { Trophy } from 'lucide-react';
import { LeaderboardDocument, type LeaderboardQuery } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { type Column, List } from '../lists/list.js';
import { Rows } from '../lists/rows.js';
import { usePages } from '../lists/use-pages.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

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
  const reading = useApiQuery(LeaderboardDocument, { first: most, after: null }, { types: 'User' });
  useThrottledRefetch(reading.refetch, { news, pauseMilliseconds: PAUSE_MILLISECONDS });
  const nodes = reading.data?.leaderboard?.nodes;
  return (
    <List label="Most points" columns={COLUMNS}>
      <Rows
        {...{ reading, pages, after: null }}
        page={nodes && { nodes, pageInfo: { hasNextPage: false } }}
        empty={<EmptyMessage icon={Trophy} title="Nobody" description="There are no users yet." />}
      >
        {({ id, username, points }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Name href={`/users/${id}`}>{username}</Name>
            </Table.Td>
            <Table.Td ta="right">
              <Amount>{points == null ? '?' : formatNumber(points)}</Amount>
            </Table.Td>
          </Table.Tr>
        )}
      </Rows>
    </List>
  );
}
