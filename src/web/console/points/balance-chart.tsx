import { lazy, Suspense, useMemo } from 'react';
import { BalancesDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { Loading } from '../display/loading.js';
import { balanceSteps } from './balance-steps.js';

// Charts would double the size of the console, and most pages have none.
const Chart = lazy(async () => ({ default: (await import('./chart.js')).BalanceArea }));

const HEIGHT = 160;

/** The balance of a user over the latest 100 entries. Shown from two entries on. */
export function BalanceChart({ userId }: { userId: string }) {
  const { data } = useApiQuery(BalancesDocument, { id: userId }, { types: 'PointsEntry' });
  const entries = data?.user?.pointsHistory?.nodes;
  const steps = useMemo(() => balanceSteps(entries ?? [], Date.now()), [entries]);
  if (!entries || entries.length < 2) return null;
  return (
    <Suspense fallback={<Loading h={HEIGHT} />}>
      <Chart steps={steps} height={HEIGHT} />
    </Suspense>
  );
}
