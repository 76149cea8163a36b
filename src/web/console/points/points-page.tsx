import { Grid, Paper, SimpleGrid, Text } from '@mantine/core';
import { Radio } from 'lucide-react';
import { change, count } from '../reading/count.js';
import { Fault } from '../reading/fault.js';
import { List, WholeRow } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { Page } from '../shell/page.js';
import { EntryRow, entryColumns } from './entry-row.js';
import { FlowChart } from './flow-chart.js';
import { Leaderboard } from './leaderboard.js';
import { LiveMark } from './live-mark.js';
import { useLiveEntries } from './use-live-entries.js';

const COLUMNS = entryColumns({ withUser: true });

/** The ledger as it is written, and who has most. */
export function PointsPage() {
  const live = useLiveEntries();
  return (
    <Page title="Points" description="Every change, as it is written into the ledger." actions={<LiveMark />}>
      <SimpleGrid cols={3} spacing="sm">
        <Total label="Entries since you came" value={count(live.count)} />
        <Total label="Added" value={change(live.added)} />
        <Total label="Taken" value={change(-live.taken)} />
      </SimpleGrid>
      <Fault error={live.error} />
      <FlowChart />
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <List label="Live entries" columns={COLUMNS}>
            {live.entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} withUser />
            ))}
            {live.entries.length === 0 && (
              <WholeRow>
                <Nothing
                  icon={Radio}
                  title="Waiting for the next entry"
                  description="It appears here in the moment in which it is written."
                />
              </WholeRow>
            )}
          </List>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Leaderboard most={20} news={live.count} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Total({ label, value }: { label: string; value: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={600} className="scrip-number">
        {value}
      </Text>
    </Paper>
  );
}
