import { Button, Group, Text } from '@mantine/core';
import { Coins } from 'lucide-react';
import { useEffect } from 'react';
import { EntriesDocument, type EntriesQuery, type EntryRowFragment } from '../../generated.js';
import { useObservable } from '../../shared/observable.js';
import { isLive } from '../connection/live-socket.js';
import { useApiQuery } from '../connection/use-api-query.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { FullWidthRow, List } from '../lists/list.js';
import { ListTools } from '../lists/list-tools.js';
import { PageRows } from '../lists/paged-list.js';
import { Rows } from '../lists/rows.js';
import { usePages } from '../lists/use-pages.js';
import { ENTRY_CSV } from './entry-csv.js';
import { EntryRow, entryColumns } from './entry-row.js';
import type { LiveEntries } from './use-live-entries.js';

const COLUMNS = entryColumns({ withUser: true });

const SOURCE = {
  query: EntriesDocument,
  variables: (after: string | null) => ({ first: 50, after }),
  page: ({ pointsEntries }: EntriesQuery) => pointsEntries,
};

/** Everybody's entries, newest first: on top those that were written since the first page was read, as they are written. */
export function Ledger({ live }: { live: LiveEntries }) {
  const pages = usePages<EntryRowFragment>();
  const reading = useApiQuery(SOURCE.query, SOURCE.variables(null), { types: 'PointsEntry' });
  const { newer, isCut } = newerThan(reading.data?.pointsEntries?.nodes ?? [], live);

  // Whatever was written while nobody listened is on the first page by now.
  const isListening = useObservable(isLive);
  // biome-ignore lint/correctness/useExhaustiveDependencies: reading again makes a new function.
  useEffect(() => {
    if (isListening) reading.refetch();
  }, [isListening]);

  return (
    <div>
      <ListTools
        label="Entries"
        sheet={ENTRY_CSV}
        source={SOURCE}
        items={[...newer, ...pages.items]}
        isWhole={pages.isWhole && !isCut}
      />
      <List label="Ledger" columns={COLUMNS}>
        {newer.map((entry) => (
          <EntryRow key={entry.id} entry={entry} withUser />
        ))}
        {isCut && (
          <FullWidthRow>
            <Group justify="center" gap="sm">
              <Text size="sm" c="dimmed">
                More was written in between.
              </Text>
              <Button variant="default" size="xs" onClick={reading.refetch}>
                Show the newest
              </Button>
            </Group>
          </FullWidthRow>
        )}
        <Rows
          {...{ reading, pages, after: null }}
          page={reading.data?.pointsEntries}
          empty={
            newer.length === 0 && (
              <EmptyMessage icon={Coins} title="No entries yet" description="Nobody was given points so far." />
            )
          }
        >
          {row}
        </Rows>
        {pages.afters.slice(1).map((after) => (
          <PageRows key={after} {...{ pages, after }} source={SOURCE} types="PointsEntry" empty={null}>
            {row}
          </PageRows>
        ))}
      </List>
    </div>
  );
}

const row = (entry: EntryRowFragment) => <EntryRow key={entry.id} entry={entry} withUser />;

/** Those of the live entries that are newer than a page, and whether some between it and them are no longer kept. */
function newerThan(page: readonly EntryRowFragment[], { entries, count }: LiveEntries) {
  const ids = new Set(page.map(({ id }) => id));
  const seam = entries.findIndex(({ id }) => id === page[0]?.id);
  const newer = (seam < 0 ? entries : entries.slice(0, seam)).filter(({ id }) => !ids.has(id));
  return { newer, isCut: seam < 0 && count > entries.length };
}
