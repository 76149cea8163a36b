import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { type EntryRowFragment, LiveEntriesDocument } from '../../generated.js';

/** Older live entries are dropped; the ledger has them. */
const MAX_KEPT = 100;

/** Entries may arrive by the thousand, so they are rendered five times a second at most. */
const INTERVAL_MILLISECONDS = 200;

/** Entries written since the subscription started. */
export interface LiveEntries {
  /** Newest first. */
  readonly entries: readonly EntryRowFragment[];
  /** Number of entries received, dropped ones included. */
  readonly count: number;
  readonly error?: CombinedError | undefined;
}

/** Subscribes to the entries of all users. */
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
    const { unsubscribe } = client.subscription(LiveEntriesDocument, {}).subscribe(({ data, error }) => {
      if (error) setLive((known) => ({ ...known, error }));
      if (!data) return;
      fresh.push(data.pointsChanged);
      timer ??= setTimeout(show, INTERVAL_MILLISECONDS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [client]);
  return live;
}
