import { Grid, Text } from '@mantine/core';
import { ErrorAlert } from '../display/error-alert.js';
import { dayOf } from '../lists/period.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { FlowChart } from './flow-chart.js';
import { FoundEntries } from './found-entries.js';
import { Leaderboard } from './leaderboard.js';
import { Ledger } from './ledger.js';
import { readSearch, searchFault, toFilter } from './ledger-filter.js';
import { LedgerSearch } from './ledger-search.js';
import { LiveMark } from './live-mark.js';
import { Totals } from './totals.js';
import { type LiveEntries, useLiveEntries } from './use-live-entries.js';

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
          <SearchedLedger live={live} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Leaderboard size={20} entryCount={live.count} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

/** The whole ledger, or the entries that are searched for. The search is in the URL. */
function SearchedLedger({ live }: { live: LiveEntries }) {
  const parameters = useParameters();
  const search = readSearch(parameters.get, dayOf(new Date()));
  const fault = searchFault(search);
  const filter = toFilter(search);
  return (
    <>
      <LedgerSearch search={search} fault={fault} onChange={parameters.setAll} />
      {filter === undefined ? (
        <Ledger live={live} />
      ) : (
        fault === null && (
          <>
            <Text size="xs" c="dimmed" mb="xs">
              Search results are not updated live.
            </Text>
            <FoundEntries key={JSON.stringify(filter)} filter={filter} />
          </>
        )
      )}
    </>
  );
}
