import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { type EntryRowFragment, LiveEntriesDocument } from '../../generated.js';

/** So many are kept: whoever wants more reads the ledger. */
const MAX_KEPT = 100;

/** Entries come by the thousand: they are shown a few times a second, not one by one. */
const PAUSE_MILLISECONDS = 200;

/** What was written into the ledger since this was asked for. */
export interface LiveEntries {
  /** The newest first. */
  readonly entries: readonly EntryRowFragment[];
  /** How many there were, those included that are no longer kept. */
  readonly count: number;
  readonly error?: CombinedError | undefined;
}

/** Listens to the ledger. */
export function useLiveEntries(): LiveEntries {
  const client = useClient();
  const [live, setLive] = useState<LiveEntries>({ entries: [], count: 0 });
  useEffect(() => {
    let fresh: EntryRowFragment[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      const shown = fresh.reverse();
      fresh = [];
      timer = undefined;
      setLive(({ entries, count }) => ({
        entries: [...shown, ...entries].slice(0, MAX_KEPT),
        count: count + shown.length,
      }));
    };
    const { unsubscribe } = client.subscription(LiveEntriesDocument, { user: null }).subscribe(({ data, error }) => {
      if (error) setLive((known) => ({ ...known, error }));
      if (!data) return;
      fresh.push(data.pointsChanged);
      timer ??= setTimeout(show, PAUSE_MILLISECONDS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [client]);
  return live;
}
