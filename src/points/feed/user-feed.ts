import { LaneOverloaded } from '../../concurrency/batcher.js';
import { databaseFailure, isContention } from '../../database/failure.js';
import type { Entry, EntryRef } from '../entry.js';
import type { Changes } from './changes.js';
import { endable, Wake } from './wake.js';

export interface UserFeedOptions {
  readonly changes: Changes;
  readonly entriesBehind: (ref: EntryRef) => Promise<readonly Entry[]>;
}

/**
 * A user's entries behind the one that is named, in order, once each, without a gap, for as long as it is read. It holds a
 * page at most: a slow reader costs no more than a fast one. While the database is away it waits.
 *
 * @throws SequenceAhead, while it is read, where the ledger does not hold the last entry any more.
 */
export function followUser({ changes, entriesBehind }: UserFeedOptions, start: EntryRef): AsyncIterableIterator<Entry> {
  const wake = new Wake();

  async function* follow(): AsyncGenerator<Entry> {
    const call = () => wake.call();
    const stopListening = changes.listen(start.userId, { heard: call, missed: call });
    try {
      for (let { userId, sequence } = start; !wake.isClosed; ) {
        const entries = await entriesBehind({ userId, sequence }).catch(nothingForNow);
        for (const entry of entries) {
          yield entry;
          sequence = entry.sequence;
        }
        if (entries.length === 0) await wake.wait();
      }
    } finally {
      stopListening();
    }
  }
  return endable(follow(), () => wake.close());
}

/** What cannot be read now is there to be read at the next call, of which one comes every few seconds. */
function nothingForNow(error: unknown): readonly Entry[] {
  if (!willPass(error)) throw error;
  return [];
}

/** Whether the database will answer what it has not answered now: it is away, or has too much to do. */
export function willPass(error: unknown): boolean {
  const failure = databaseFailure(error);
  if (failure === undefined) return error instanceof LaneOverloaded;
  return failure.kind !== 'refused' || isContention(failure);
}
