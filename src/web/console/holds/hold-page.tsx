import { Button, Paper } from '@mantine/core';
import { LockOpen } from 'lucide-react';
import { useMemo, useState } from 'react';
import { HoldDocument, type HoldQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { holdTitle } from '../display/hold-title.js';
import { Loading } from '../display/loading.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { List } from '../lists/list.js';
import { Page } from '../page/page.js';
import { EntryRow, entryColumns } from '../points/entry-row.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { HoldFacts } from './hold-facts.js';
import { stateAt } from './hold-state.js';
import { ReleaseDialog } from './release-dialog.js';
import { useRefetchAtEnd } from './use-refetch-at-end.js';
import { useServerTime } from './use-server-time.js';

const ENTRY_COLUMNS = entryColumns({ withUser: true });

type Hold = NonNullable<HoldQuery['pointsHold']>;

/** The facts of one hold, and the entry that captured it. */
export function HoldPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useApiQuery(HoldDocument, { id }, { types: 'PointsHold PointsEntry' });
  const hold = data?.pointsHold;
  const open = useMemo(
    () => (hold?.state === 'HELD' ? { nodes: [hold], pageInfo: { hasNextPage: false } } : undefined),
    [hold],
  );
  useRefetchAtEnd(open, refetch);
  if (hold) return <HoldDetails hold={hold} />;
  return (
    <Page title="Hold">
      {isFetching && <Loading h={120} />}
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      {!isFetching && !error && (
        <EmptyMessage icon={LockOpen} title="Hold not found" description="There is no hold with this ID." />
      )}
    </Page>
  );
}

function HoldDetails({ hold }: { hold: Hold }) {
  const { user, entry } = hold;
  const now = useServerTime(hold.state === 'HELD');
  const [isReleasing, setReleasing] = useState(false);
  const mayRelease = useHeldScopes().has('points:spend') && stateAt(hold, now) === 'HELD';
  return (
    <Page
      title={`${holdTitle(hold)} of ${user.username}`}
      description="Reserved points of a user."
      actions={
        mayRelease && (
          <Button variant="default" leftSection={<LockOpen size={16} aria-hidden />} onClick={() => setReleasing(true)}>
            Release
          </Button>
        )
      }
    >
      <Paper withBorder p="lg">
        <HoldFacts hold={hold} now={now} />
      </Paper>
      {entry && (
        <List label="Entry" columns={ENTRY_COLUMNS}>
          <EntryRow entry={entry} withUser />
        </List>
      )}
      {isReleasing && <ReleaseDialog hold={hold} onClosed={() => setReleasing(false)} />}
    </Page>
  );
}
