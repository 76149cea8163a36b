import { Coins } from 'lucide-react';
import { HistoryDocument } from '../../generated.js';
import { List } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { EntryRow, entryColumns } from './entry-row.js';

const COLUMNS = entryColumns({});

/** How a user came to their points, newest first. */
export function History({ userId }: { userId: string }) {
  const pages = usePages();
  return (
    <List label="History" columns={COLUMNS}>
      {pages.afters.map((after) => (
        <HistoryRows key={after} {...{ pages, after, userId }} />
      ))}
    </List>
  );
}

function HistoryRows({ pages, after, userId }: { pages: OpenPages; after: string | null; userId: string }) {
  const reading = useRead(HistoryDocument, { id: userId, first: 50, after }, { types: 'PointsEntry' });
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.user?.pointsHistory}
      empty={<Nothing icon={Coins} title="No points yet" description="Nothing was ever added, so nothing was spent." />}
    >
      {(entry) => <EntryRow key={entry.id} entry={entry} />}
    </Rows>
  );
}
