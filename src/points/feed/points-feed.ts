import type { PooledDatabase } from '../../database/connect.js';
import type { Notifications } from '../../database/notifications.js';
import type { Entry, EntryRef } from '../entry.js';
import { createAllUsersFeed } from './all-users-feed.js';
import { createAnnouncements, type Listener } from './announcements.js';
import { createEntriesAfter } from './read-entries.js';
import { followUser } from './user-feed.js';

/** The ledger as it grows, on every node. */
export interface PointsFeed {
  /** Notifies every node of a durable entry. Non-blocking; never throws. */
  announce(entry: EntryRef): void;
  /** The entries of a user after the given one, in order, once each, without a gap. */
  followUser(start: EntryRef): AsyncIterableIterator<Entry>;
  /** The entries of all users from now on: of each user in order, once each, without a gap. */
  followAllUsers(): Promise<AsyncIterableIterator<Entry>>;
  /** Tells of the ledgers of all users as they grow, until the returned function is called; some of it may be lost. */
  listen(listener: Listener): () => void;
  /** The entries after the given one, oldest first, up to 100. @throws SequenceAhead */
  entriesAfter(ref: EntryRef): Promise<readonly Entry[]>;
  /** Waits until everything that was announced is sent to the other nodes. */
  flush(): Promise<void>;
}

export function createPointsFeed(options: {
  readonly database: PooledDatabase;
  readonly notifications: Notifications;
  /** Other nodes were not notified. They find the entries a few seconds later. */
  readonly onUnsent: (error: unknown) => void;
}): PointsFeed {
  const { database, notifications, onUnsent } = options;
  const announcements = createAnnouncements(notifications, onUnsent);
  const entriesAfter = createEntriesAfter(database);
  return {
    announce: announcements.announce,
    followUser: (start) => followUser({ announcements, entriesAfter }, start),
    followAllUsers: createAllUsersFeed({ database, announcements, entriesAfter }),
    listen: (listener) => announcements.listen('ALL', listener),
    entriesAfter,
    flush: announcements.flush,
  };
}
