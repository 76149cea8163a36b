import { Grid } from '@mantine/core';
import { ErrorAlert } from '../display/error-alert.js';
import { Page } from '../page/page.js';
import { FlowChart } from './flow-chart.js';
import { Leaderboard } from './leaderboard.js';
import { Ledger } from './ledger.js';
import { LiveMark } from './live-mark.js';
import { Totals } from './totals.js';
import { useLiveEntries } from './use-live-entries.js';

/** The ledger, updated live, with totals, a chart per day and the users with the most points. */
export function PointsPage() {
  const live = useLiveEntries();
  return (
    <Page title="Points" description="All ledger entries, updated live." actions={<LiveMark />}>
      <Totals entryCount={live.count} />
      <FlowChart entryCount={live.count} />
      <ErrorAlert error={live.error} />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Ledger live={live} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Leaderboard size={20} entryCount={live.count} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
