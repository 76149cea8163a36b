import { ActionIcon } from '@mantine/core';
import { Coins, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type EntryRowFragment, HistoryDocument, type HistoryQuery } from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Order } from '../lists/list-tools.js';
import { PagedList } from '../lists/paged-list.js';
import { HISTORY_CSV } from './entry-csv.js';
import { EntryRow, entryColumns } from './entry-row.js';
import { ReverseDialog } from './reverse-dialog.js';

const COLUMNS = entryColumns({ withActions: true });

const ORDERS: readonly Order<EntryRowFragment>[] = [
  { label: 'Largest increase first', compare: (one, other) => other.delta - one.delta },
  { label: 'Largest decrease first', compare: (one, other) => one.delta - other.delta },
];

/** Ledger entries of a user, newest first. */
export function History({ userId }: { userId: string }) {
  const [reversing, setReversing] = useState<EntryRowFragment>();
  return (
    <>
      <PagedList
        label="History"
        columns={COLUMNS}
        source={{
          query: HistoryDocument,
          variables: (after) => ({ id: userId, first: 50, after }),
          page: ({ user }: HistoryQuery) => user?.pointsHistory,
        }}
        types="PointsEntry"
        csv={HISTORY_CSV}
        orders={ORDERS}
        empty={
          <EmptyMessage icon={Coins} title="No entries yet" description="Entries appear here when points are added." />
        }
      >
        {(entry) => (
          <EntryRow
            key={entry.id}
            entry={entry}
            action={isReversible(entry) && <ReverseButton entry={entry} onClick={() => setReversing(entry)} />}
          />
        )}
      </PagedList>
      {reversing && <ReverseDialog entry={reversing} onClosed={() => setReversing(undefined)} />}
    </>
  );
}

function isReversible({ kind, reversedBy }: EntryRowFragment): boolean {
  return kind !== 'REVERSAL' && !reversedBy;
}

function ReverseButton({ entry, onClick }: { entry: EntryRowFragment; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" aria-label={`Reverse entry ${entry.sequence}`} title="Reverse" onClick={onClick}>
      <Undo2 size={16} aria-hidden />
    </ActionIcon>
  );
}
