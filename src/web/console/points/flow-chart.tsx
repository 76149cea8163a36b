import { Paper, Skeleton, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { RecentEntriesDocument } from '../../generated.js';
import { Fault } from '../reading/fault.js';
import { useRead } from '../reading/use-read.js';
import { flowByDay } from './flow.js';

// Charts are half of what the console would weigh, and most pages have none.
const FlowBars = lazy(async () => ({ default: (await import('./chart.js')).FlowBars }));

const DAYS = 30;
const HEIGHT = 180;

/** What came and went in the last month, as far as the API tells it in one answer. */
export function FlowChart() {
  const { data, error, isFetching, again } = useRead(RecentEntriesDocument, {}, { types: 'PointsEntry' });
  const entries = data?.leaderboard?.nodes.flatMap((user) => user.pointsHistory?.nodes ?? []);
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="flow">
      <Title order={2} size="h6" id="flow">
        The last {DAYS} days
      </Title>
      <Text size="xs" c="dimmed" mb="md">
        Of the 20 users with most points, from the last 100 entries of each.
      </Text>
      {!isFetching && <Fault error={error} again={again} />}
      <Suspense fallback={<Skeleton h={HEIGHT} />}>
        {entries ? (
          <FlowBars days={flowByDay(entries, { days: DAYS, now: new Date() })} height={HEIGHT} />
        ) : (
          isFetching && <Skeleton h={HEIGHT} aria-label="Loading" />
        )}
      </Suspense>
    </Paper>
  );
}
