import { Button, Group, Text } from '@mantine/core';
import { Coins } from 'lucide-react';
import { useEffect } from 'react';
import { EntriesDocument, type EntriesQuery, type EntryRowFragment } from '../../generated.js';
import { useObservable } from '../../shared/observable.js';
import { useApiQuery } from '../api/use-api-query.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { FullWidthRow, List } from '../lists/list.js';
import { ListTools } from '../lists/list-tools.js';
import { PageRows } from '../lists/paged-list.js';
import { Rows } from '../lists/rows.js';
import { usePages } from '../lists/use-pages.js';
import { useSession } from '../session/session-context.js';
import { LEDGER_CSV } from './entry-csv.js';
import { EntryRow, entryColumns } from './entry-row.js';
import type { LiveEntries } from './use-live-entries.js';

const COLUMNS = entryColumns({ withUser: true });

const SOURCE = {
  query: EntriesDocument,
  variables: (after: string | null) => ({ first: 50, after }),
  page: ({ pointsEntries }: EntriesQuery) => pointsEntries,
};

/** Entries of all users, newest first. Entries that arrive live are added on top. */
export function Ledger({ live }: { live: LiveEntries }) {
  const pages = usePages<EntryRowFragment>();
  const query = useApiQuery(SOURCE.query, SOURCE.variables(null), { types: 'PointsEntry' });
  const { newer, isCut } = newerThan(query.data?.pointsEntries?.nodes ?? [], live);

  // The first page now holds what was written while the socket was closed.
  const status = useObservable(useSession().server.socketStatus);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is a new function on each render.
  useEffect(() => {
    if (status === 'OPEN') query.refetch();
  }, [status]);

  return (
    <div>
      <ListTools
        label="Entries"
        csv={LEDGER_CSV}
        source={SOURCE}
        items={[...newer, ...pages.items]}
        isComplete={pages.isComplete && !isCut}
      />
      <List label="Ledger" columns={COLUMNS}>
        {newer.map((entry) => (
          <EntryRow key={entry.id} entry={entry} withUser />
        ))}
        {isCut && <MissingEntries onShow={query.refetch} />}
        <Rows
          {...{ query, pages, after: null }}
          page={query.data?.pointsEntries}
          empty={
            newer.length === 0 && (
              <EmptyMessage
                icon={Coins}
                title="No entries yet"
                description="Entries appear here when points are added."
              />
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

/** Stands between live entries and the first page while entries between them are missing. */
function MissingEntries({ onShow }: { onShow: () => void }) {
  return (
    <FullWidthRow>
      <Group justify="center" gap="sm">
        <Text size="sm" c="dimmed">
          Some newer entries are not shown.
        </Text>
        <Button variant="default" size="xs" onClick={onShow}>
          Show latest entries
        </Button>
      </Group>
    </FullWidthRow>
  );
}

/** The live entries that are newer than a page, and whether entries between them and the page are missing. */
function newerThan(page: readonly EntryRowFragment[], { entries, count }: LiveEntries) {
  const ids = new Set(page.map(({ id }) => id));
  const overlap = entries.findIndex(({ id }) => id === page[0]?.id);
  const newer = (overlap < 0 ? entries : entries.slice(0, overlap)).filter(({ id }) => !ids.has(id));
  return { newer, isCut: overlap < 0 && count > entries.length };
}
