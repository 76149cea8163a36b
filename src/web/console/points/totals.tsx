import { SimpleGrid } from '@mantine/core';
import { PointsTotalsDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { Statistic } from '../display/statistic.js';
import { formatSum } from './format-sum.js';
import { useThrottledRefetch } from './use-throttled-refetch.js';

const INTERVAL_MILLISECONDS = 2_000;

/** Totals over all users. */
export function Totals({ entryCount }: { entryCount: number }) {
  const { data, error, isFetching, refetch } = useApiQuery(PointsTotalsDocument, {}, { types: 'PointsEntry User' });
  useThrottledRefetch(refetch, { count: entryCount, intervalMilliseconds: INTERVAL_MILLISECONDS });
  const totals = data?.pointsTotals;
  return (
    <>
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" className="scrip-three">
        <Statistic label="Total points" value={totals && formatSum(totals.points)} />
        <Statistic label="Users with points" value={totals && formatNumber(totals.holders)} />
        <Statistic label="Ledger entries" value={totals && formatNumber(totals.entries)} />
      </SimpleGrid>
    </>
  );
}
