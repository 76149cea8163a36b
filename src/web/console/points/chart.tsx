import '@mantine/charts/styles.css';
import { AreaChart, BarChart } from '@mantine/charts';
import type { PointsByDayQuery } from '../../generated.js';
import { exactTime } from '../display/exact-time.js';
import { formatChange, formatCompact, formatNumber } from '../display/format-number.js';
import type { BalanceStep } from './balance-steps.js';
import { MAX_POINTS } from './format-sum.js';

const DAY_MILLISECONDS = 86_400_000;
const AXIS_WIDTH = 64;

/** Space for half of the top label. */
const MARGIN = { top: 10 };

const secondFormat = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });
const clockFormat = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
const dateFormat = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const yearFormat = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short' });

function tickFormat(days: number): Intl.DateTimeFormat {
  if (days < 1 / 24) return secondFormat;
  if (days < 2) return clockFormat;
  return days < 300 ? dateFormat : yearFormat;
}

/** The balance of a user over time: equal distances are equal times. */
export function BalanceArea({ steps, height }: { steps: readonly BalanceStep[]; height: number }) {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const tick = tickFormat((last.at - first.at) / DAY_MILLISECONDS);
  return (
    <figure
      className="scrip-chart"
      aria-label={`Balance over time: ${formatNumber(first.balance)} points on ${exactTime(first.at)}, ${formatNumber(last.balance)} now`}
    >
      <AreaChart
        h={height}
        data={steps.map(({ at, balance }) => ({ at, Balance: balance }))}
        dataKey="at"
        series={[{ name: 'Balance', color: 'var(--scrip-accent)' }]}
        curveType="stepAfter"
        withDots={false}
        gridAxis="x"
        tickLine="none"
        valueFormatter={formatNumber}
        // There is no label while the pointer is not over a point.
        tooltipProps={{ labelFormatter: (at) => (typeof at === 'number' ? exactTime(at) : null) }}
        xAxisProps={{
          type: 'number',
          scale: 'time',
          domain: ['dataMin', 'dataMax'],
          tickFormatter: (at: number) => tick.format(at),
          minTickGap: 40,
        }}
        yAxisProps={{ width: AXIS_WIDTH, domain: [0, 'auto'], tickFormatter: formatCompact, interval: 0 }}
        areaChartProps={{ margin: MARGIN }}
      />
    </figure>
  );
}

type Day = NonNullable<PointsByDayQuery['pointsByDay']>[number];

const dayFormat = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Ends at 0 on the side without bars. */
function flowDomain(days: readonly Day[]): [number | 'auto', number | 'auto'] {
  const isDown = days.some(({ spent, reversed }) => spent !== 0 || (reversed ?? 0) < 0);
  const isUp = days.some(({ added, reversed }) => added !== 0 || (reversed ?? 0) > 0);
  return [isDown ? 'auto' : 0, isUp || !isDown ? 'auto' : 0];
}

/** Points added, spent and reversed per UTC day. Decreases point down. A sum above the maximum is null: its bar ends there. */
export function FlowBars({ days, height }: { days: readonly Day[]; height: number }) {
  return (
    <figure className="scrip-chart" aria-label={`Points added, spent and reversed on each of ${days.length} days`}>
      <BarChart
        h={height}
        data={days.map(({ day, added, spent, reversed }) => ({
          day: dayFormat.format(new Date(day)),
          Added: added ?? MAX_POINTS,
          Spent: -(spent ?? MAX_POINTS),
          Reversed: reversed ?? 0,
        }))}
        dataKey="day"
        type="stacked"
        barChartProps={{ stackOffset: 'sign', margin: MARGIN }}
        series={[
          { name: 'Added', color: 'green.6' },
          { name: 'Spent', color: 'gray.5' },
          { name: 'Reversed', color: 'orange.5' },
        ]}
        tickLine="none"
        gridAxis="x"
        withLegend
        valueFormatter={formatChange}
        yAxisProps={{ width: AXIS_WIDTH, tickFormatter: formatCompact, domain: flowDomain(days), interval: 0 }}
      />
    </figure>
  );
}
