import { Group, Paper, SegmentedControl, Text, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { PointsByDayDocument, type PointsByDayQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Loading } from '../display/loading.js';
import { pointsInWords } from '../display/points-in-words.js';
import { formatSum } from './format-sum.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

// Charts would double the size of the console, and most pages have none.
const FlowBars = lazy(async () => ({ default: (await import('./chart.js')).FlowBars }));

const SPANS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];
const HEIGHT = 200;

/** The server sums up the current day for each request. */
const INTERVAL_MILLISECONDS = 10_000;

/** Points added, spent and reversed per day. */
export function FlowChart({ entryCount }: { entryCount: number }) {
  const [span, setSpan] = useState('30');
  const { data, error, isFetching, refetch } = useApiQuery(
    PointsByDayDocument,
    { days: Number(span) },
    { types: 'PointsEntry' },
  );
  useThrottledRefetch(refetch, { count: entryCount, intervalMilliseconds: INTERVAL_MILLISECONDS });
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="flow">
      <Group justify="space-between" mb="md">
        <div>
          <Title order={2} size="h6" id="flow">
            Daily changes
          </Title>
          <Text size="xs" c="dimmed">
            Days start at midnight UTC.{data?.pointsByDay && transferNote(data.pointsByDay)}
          </Text>
        </div>
        <SegmentedControl size="xs" aria-label="Period" data={SPANS} value={span} onChange={setSpan} />
      </Group>
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      <Suspense fallback={<Loading h={HEIGHT} />}>
        {data?.pointsByDay ? (
          <FlowBars days={data.pointsByDay.toReversed()} height={HEIGHT} />
        ) : (
          isFetching && <Loading h={HEIGHT} />
        )}
      </Suspense>
    </Paper>
  );
}

/** What the bars leave out: points that moved between users are neither added nor spent. */
function transferNote(days: NonNullable<PointsByDayQuery['pointsByDay']>): string {
  const moved = days.reduce((sum, { transferred }) => sum + (transferred ?? Number.POSITIVE_INFINITY), 0);
  if (moved === 0) return '';
  const amount = Number.isSafeInteger(moved) ? pointsInWords(moved) : `${formatSum(null)} points`;
  return ` Not shown: ${amount} moved between users.`;
}
