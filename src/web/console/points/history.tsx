import { ActionIcon } from '@mantine/core';
import { Coins, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type EntryRowFragment, HistoryDocument } from '../../generated.js';
import { List } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { EntryRow, entryColumns } from './entry-row.js';
import { ReverseDialog } from './reverse-dialog.js';

const COLUMNS = entryColumns({ withActions: true });

/** How a user came to their points, newest first. */
export function History({ userId }: { userId: string }) {
  const pages = usePages();
  const [reversing, setReversing] = useState<EntryRowFragment>();
  return (
    <>
      <List label="History" columns={COLUMNS}>
        {pages.afters.map((after) => (
          <HistoryRows key={after} {...{ pages, after, userId }} onReverse={setReversing} />
        ))}
      </List>
      {reversing && <ReverseDialog entry={reversing} onClosed={() => setReversing(undefined)} />}
    </>
  );
}

interface HistoryRowsProps {
  pages: OpenPages;
  after: string | null;
  userId: string;
  onReverse: (entry: EntryRowFragment) => void;
}

function HistoryRows({ pages, after, userId, onReverse }: HistoryRowsProps) {
  const reading = useRead(HistoryDocument, { id: userId, first: 50, after }, { types: 'PointsEntry' });
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.user?.pointsHistory}
      empty={<Nothing icon={Coins} title="No points yet" description="Nothing was ever added, so nothing was spent." />}
    >
      {(entry) => (
        <EntryRow
          key={entry.id}
          entry={entry}
          action={
            entry.kind !== 'REVERSAL' && (
              <ActionIcon
                variant="subtle"
                aria-label={`Reverse no. ${entry.sequence}`}
                title="Reverse"
                onClick={() => onReverse(entry)}
              >
                <Undo2 size={16} aria-hidden />
              </ActionIcon>
            )
          }
        />
      )}
    </Rows>
  );
}
