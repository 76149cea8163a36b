import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { BalancesDocument } from '../../generated.js';
import { useRead } from '../reading/use-read.js';

// Charts are half of what the console would weigh, and most pages have none.
const Chart = lazy(async () => ({ default: (await import('./chart.js')).BalanceArea }));

const HEIGHT = 160;

/** The balance of a user over the last hundred entries. A line needs two of them. */
export function BalanceChart({ userId }: { userId: string }) {
  const { data } = useRead(BalancesDocument, { id: userId }, { types: 'PointsEntry' });
  const entries = data?.user?.pointsHistory?.nodes ?? [];
  if (entries.length < 2) return null;
  const points = entries.map(({ createdAt, balanceAfter }) => ({ at: Date.parse(createdAt), balance: balanceAfter }));
  return (
    <Suspense fallback={<Skeleton h={HEIGHT} />}>
      <Chart points={points.reverse()} height={HEIGHT} />
    </Suspense>
  );
}
