import type { Entry, EntryRef } from '../entry.js';
import type { Announcements } from './announcements.js';
import { isTransient } from './is-transient.js';
import { cancellable, Signal } from './signal.js';

export interface UserFeedOptions {
  readonly announcements: Announcements;
  readonly entriesAfter: (ref: EntryRef) => Promise<readonly Entry[]>;
}

/**
 * The entries of a user after the given one, in order, once each, without a gap, for as long as they are read. It holds
 * at most one page, so that a slow reader costs no more than a fast one. While the database cannot be reached it waits.
 *
 * @throws SequenceAhead, while it is read, where the ledger no longer has the last entry.
 */
export function followUser(
  { announcements, entriesAfter }: UserFeedOptions,
  start: EntryRef,
): AsyncIterableIterator<Entry> {
  const signal = new Signal();

  async function* follow(): AsyncGenerator<Entry> {
    const notify = () => signal.notify();
    const stopListening = announcements.listen(start.userId, { onEntry: notify, onGap: notify });
    try {
      for (let { userId, sequence } = start; !signal.isClosed; ) {
        const entries = await entriesAfter({ userId, sequence }).catch(noneForNow);
        for (const entry of entries) {
          yield entry;
          sequence = entry.sequence;
        }
        if (entries.length === 0) await signal.wait();
      }
    } finally {
      stopListening();
    }
  }
  return cancellable(follow(), () => signal.close());
}

/** After a transient failure the entries are read at the next notification, which comes within a few seconds. */
function noneForNow(error: unknown): readonly Entry[] {
  if (!isTransient(error)) throw error;
  return [];
}
