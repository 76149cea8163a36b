import { SimpleGrid } from '@mantine/core';
import { PointsTotalsDocument } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber, MAX_POINTS } from '../display/format-number.js';
import { Statistic } from '../display/statistic.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

const PAUSE_MILLISECONDS = 2_000;

/** What everybody has, together. It is read again, soon, after a change of `news`. */
export function Totals({ news }: { news: number }) {
  const {
    data,
    error,
    isFetching,
    refetch: again,
  } = useApiQuery(PointsTotalsDocument, {}, { types: 'PointsEntry User' });
  useThrottledRefetch(again, { news, pauseMilliseconds: PAUSE_MILLISECONDS });
  const totals = data?.pointsTotals;
  return (
    <>
      {!isFetching && <ErrorAlert error={error} retry={again} />}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" className="scrip-three">
        <Statistic label="Points of all users" value={totals && sumOf(totals.points)} />
        <Statistic label="Users with points" value={totals && formatNumber(totals.holders)} />
        <Statistic label="Entries" value={totals && formatNumber(totals.entries)} />
      </SimpleGrid>
    </>
  );
}

/** A sum, which the API leaves out where a number does not carry it exactly. */
export function sumOf(points: number | null | undefined): string {
  return points == null ? `Over ${formatNumber(MAX_POINTS)}` : formatNumber(points);
}
