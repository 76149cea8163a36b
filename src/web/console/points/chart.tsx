import '@mantine/charts/styles.css';
import { AreaChart, BarChart } from '@mantine/charts';
import type { PointsByDayQuery } from '../../generated.js';
import { change, count, MOST_EXACT, short } from '../reading/count.js';

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

type Day = NonNullable<PointsByDayQuery['pointsByDay']>[number];

const dayFormat = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** What became of points, day by day: what went out points down. */
export function FlowBars({ days, height }: { days: readonly Day[]; height: number }) {
  return (
    <figure className="scrip-chart" aria-label={`Points added, spent and reversed on each of ${days.length} days`}>
      <BarChart
        h={height}
        data={days.map(({ day, added, spent, reversed }) => ({
          day: dayFormat.format(new Date(day)),
          Added: added ?? MOST_EXACT,
          Spent: -(spent ?? MOST_EXACT),
          Reversed: reversed ?? 0,
        }))}
        dataKey="day"
        type="stacked"
        barChartProps={{ stackOffset: 'sign' }}
        series={[
          { name: 'Added', color: 'green.6' },
          { name: 'Spent', color: 'gray.5' },
          { name: 'Reversed', color: 'orange.5' },
        ]}
        tickLine="none"
        gridAxis="x"
        withLegend
        valueFormatter={change}
        yAxisProps={{ width: 64, tickFormatter: short }}
      />
    </figure>
  );
}
