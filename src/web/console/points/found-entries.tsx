import { SearchX } from 'lucide-react';
import { EntriesDocument, type EntriesQuery, type PointsEntryFilter } from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { PagedList } from '../lists/paged-list.js';
import { LEDGER_CSV } from './entry-csv.js';
import { EntryRow, entryColumns } from './entry-row.js';

const COLUMNS = entryColumns({ withUser: true });

/** Entries of all users that match a filter, newest first. */
export function FoundEntries({ filter }: { filter: PointsEntryFilter }) {
  return (
    <PagedList
      label="Entries"
      columns={COLUMNS}
      source={{
        query: EntriesDocument,
        variables: (after) => ({ first: 50, after, filter }),
        page: ({ pointsEntries }: EntriesQuery) => pointsEntries,
      }}
      types="PointsEntry"
      csv={LEDGER_CSV}
      empty={<EmptyMessage icon={SearchX} title="No entries found" description={emptyReason(filter)} />}
    >
      {(entry) => <EntryRow key={entry.id} entry={entry} withUser />}
    </PagedList>
  );
}

function emptyReason({ reference, ...others }: PointsEntryFilter): string {
  if (reference == null) return 'No entry of this period matches.';
  const also = Object.keys(others).length > 0 ? ' and matches the other fields' : '';
  return `No entry has the reference “${reference}”${also}. Upper and lower case differ.`;
}
