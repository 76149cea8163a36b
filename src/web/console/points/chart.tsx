import '@mantine/charts/styles.css';
import { AreaChart, BarChart } from '@mantine/charts';
import { count } from '../reading/count.js';
import type { DayFlow } from './flow.js';

/** The balance of a user, entry by entry. */
export function BalanceArea({ points, height }: { points: { at: number; balance: number }[]; height: number }) {
  const [first, last] = [points[0], points.at(-1)];
  return (
    <figure className="scrip-chart" aria-label={`Balance over time: from ${first?.balance} to ${last?.balance} points`}>
      <AreaChart
        h={height}
        data={points.map(({ at, balance }) => ({ at: new Date(at).toLocaleString(), Balance: balance }))}
        dataKey="at"
        series={[{ name: 'Balance', color: 'var(--scrip-accent)' }]}
        curveType="stepAfter"
        withDots={false}
        withXAxis={false}
        gridAxis="x"
        tickLine="none"
        valueFormatter={count}
        yAxisProps={{ width: 64, domain: ['auto', 'auto'] }}
      />
    </figure>
  );
}

/** What was added and what was taken, day by day. */
export function FlowBars({ days, height }: { days: readonly DayFlow[]; height: number }) {
  return (
    <figure className="scrip-chart" aria-label="Points added and taken, day by day">
      <BarChart
        h={height}
        data={days.map(({ day, added, taken }) => ({ day, Added: added, Taken: taken }))}
        dataKey="day"
        series={[
          { name: 'Added', color: 'green.6' },
          { name: 'Taken', color: 'gray.5' },
        ]}
        tickLine="none"
        gridAxis="x"
        withLegend
        valueFormatter={count}
        yAxisProps={{ width: 64 }}
      />
    </figure>
  );
}
