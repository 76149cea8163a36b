import { SimpleGrid } from '@mantine/core';
import { PointsTotalsDocument } from '../../generated.js';
import { count, MOST_EXACT } from '../reading/count.js';
import { Fault } from '../reading/fault.js';
import { Figure } from '../reading/figure.js';
import { useRead } from '../reading/use-read.js';
import { useNews } from './use-news.js';

const PAUSE_MILLISECONDS = 2_000;

/** What everybody has, together. It is read again, soon, after a change of `news`. */
export function Totals({ news }: { news: number }) {
  const { data, error, isFetching, again } = useRead(PointsTotalsDocument, {}, { types: 'PointsEntry User' });
  useNews(again, { news, pauseMilliseconds: PAUSE_MILLISECONDS });
  const totals = data?.pointsTotals;
  return (
    <>
      {!isFetching && <Fault error={error} again={again} />}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" className="scrip-three">
        <Figure label="Points of all users" value={totals && sumOf(totals.points)} />
        <Figure label="Users with points" value={totals && count(totals.holders)} />
        <Figure label="Entries" value={totals && count(totals.entries)} />
      </SimpleGrid>
    </>
  );
}

/** A sum, which the API leaves out where a number does not carry it exactly. */
export function sumOf(points: number | null | undefined): string {
  return points == null ? `Over ${count(MOST_EXACT)}` : count(points);
}
