import { Table } from '@mantine/core';
import { Trophy } from 'lucide-react';
import { LeaderboardDocument, type LeaderboardQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { type Column, List } from '../lists/list.js';
import { Rows } from '../lists/rows.js';
import { usePages } from '../lists/use-pages.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

const COLUMNS: readonly Column[] = [{ title: 'Top users' }, { title: 'Points', align: 'right' }];

type LeaderboardUser = NonNullable<LeaderboardQuery['leaderboard']>['nodes'][number];

const INTERVAL_MILLISECONDS = 2_000;

/**
 * The users with the most points.
 *
 * @param size number of users.
 * @param entryCount number of entries received live: the list is read again after a change.
 */
export function Leaderboard({ size, entryCount = 0 }: { size: number; entryCount?: number }) {
  const pages = usePages<LeaderboardUser>();
  const query = useApiQuery(LeaderboardDocument, { first: size }, { types: 'User' });
  useThrottledRefetch(query.refetch, { count: entryCount, intervalMilliseconds: INTERVAL_MILLISECONDS });
  const nodes = query.data?.leaderboard?.nodes;
  return (
    <List label="Top users" columns={COLUMNS}>
      <Rows
        {...{ query, pages, after: null }}
        page={nodes && { nodes, pageInfo: { hasNextPage: false } }}
        empty={
          <EmptyMessage icon={Trophy} title="No users yet" description="Users appear here after they are created." />
        }
      >
        {({ id, username, points }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Name href={`/users/${id}`}>{username}</Name>
            </Table.Td>
            <Table.Td ta="right">
              <Amount>{points == null ? 'Unknown' : formatNumber(points)}</Amount>
            </Table.Td>
          </Table.Tr>
        )}
      </Rows>
    </List>
  );
}
