import { Lock } from 'lucide-react';
import { useState } from 'react';
import type { AnyVariables } from 'urql';
import type { HoldRowFragment } from '../../generated.js';
import type { Source } from '../api/read-pages.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { PagedList } from '../lists/paged-list.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { HOLD_CSV } from './hold-csv.js';
import { HoldRow, holdColumns } from './hold-row.js';
import { ReleaseDialog } from './release-dialog.js';

interface HoldListProps<Data, Variables extends AnyVariables> {
  source: Source<HoldRowFragment, Data, Variables>;
  withUser?: boolean;
  /** Why the list may be empty. */
  emptyReason: string;
}

/** Holds, newest first, with buttons that release them. */
export function HoldList<Data, Variables extends AnyVariables>(props: HoldListProps<Data, Variables>) {
  const { source, withUser = false, emptyReason } = props;
  const [releasing, setReleasing] = useState<HoldRowFragment>();
  const mayRelease = useHeldScopes().has('points:spend');
  return (
    <>
      <PagedList
        label="Holds"
        columns={holdColumns({ withUser })}
        source={source}
        types="PointsHold"
        csv={HOLD_CSV}
        empty={<EmptyMessage icon={Lock} title="No holds found" description={emptyReason} />}
      >
        {(hold) => (
          <HoldRow key={hold.id} hold={hold} withUser={withUser} onRelease={mayRelease ? setReleasing : undefined} />
        )}
      </PagedList>
      {releasing && <ReleaseDialog hold={releasing} onClosed={() => setReleasing(undefined)} />}
    </>
  );
}
