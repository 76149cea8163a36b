import { Grid } from '@mantine/core';
import { ErrorAlert } from '../display/error-alert.js';
import { Page } from '../shell/page.js';
import { FlowChart } from './flow-chart.js';
import { Leaderboard } from './leaderboard.js';
import { Ledger } from './ledger.js';
import { LiveMark } from './live-mark.js';
import { Totals } from './totals.js';
import { useLiveEntries } from './use-live-entries.js';

/** The ledger, as it is written; what it comes to, and who has most. */
export function PointsPage() {
  const live = useLiveEntries();
  return (
    <Page title="Points" description="Every change, as it is written into the ledger." actions={<LiveMark />}>
      <Totals news={live.count} />
      <FlowChart news={live.count} />
      <ErrorAlert error={live.error} />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Ledger live={live} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Leaderboard most={20} news={live.count} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
