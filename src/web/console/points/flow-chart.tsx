import { Group, Paper, SegmentedControl, Skeleton, Text, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { PointsByDayDocument } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

// Charts are half of what the console would weigh, and most pages have none.
const FlowBars = lazy(async () => ({ default: (await import('./chart.js')).FlowBars }));

const SPANS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];
const HEIGHT = 200;

/** The server sums today anew each time. */
const PAUSE_MILLISECONDS = 10_000;

/** What became of points lately, day by day. It is read again, now and then, after a change of `news`. */
export function FlowChart({ news }: { news: number }) {
  const [span, setSpan] = useState('30');
  const {
    data,
    error,
    isFetching,
    refetch: again,
  } = useApiQuery(PointsByDayDocument, { days: Number(span) }, { types: 'PointsEntry' });
  useThrottledRefetch(again, { news, pauseMilliseconds: PAUSE_MILLISECONDS });
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="flow">
      <Group justify="space-between" mb="md">
        <div>
          <Title order={2} size="h6" id="flow">
            Day by day
          </Title>
          <Text size="xs" c="dimmed">
            Days begin at midnight, UTC.
          </Text>
        </div>
        <SegmentedControl size="xs" aria-label="How far back" data={SPANS} value={span} onChange={setSpan} />
      </Group>
      {!isFetching && <ErrorAlert error={error} retry={again} />}
      <Suspense fallback={<Skeleton h={HEIGHT} />}>
        {data?.pointsByDay ? (
          <FlowBars days={data.pointsByDay.toReversed()} height={HEIGHT} />
        ) : (
          isFetching && <Skeleton h={HEIGHT} role="status" aria-label="Loading" />
        )}
      </Suspense>
    </Paper>
  );
}
