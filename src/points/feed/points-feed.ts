import type { PooledDatabase } from '../../database/connect.js';
import type { Notifications } from '../../database/notifications.js';
import type { Entry, EntryRef } from '../entry.js';
import { createChanges } from './changes.js';
import { createEverybodyFeed } from './everybody-feed.js';
import { createEntriesBehind } from './read-changes.js';
import { followUser } from './user-feed.js';

/** The ledger as it grows, on every node. */
export interface PointsFeed {
  /** Tells of an entry that is there for good. It takes no time, and does not fail. */
  announce(entry: EntryRef): void;
  /** A user's entries behind the one that is named, in order, once each, without a gap. */
  followUser(start: EntryRef): AsyncIterableIterator<Entry>;
  /** Everybody's from now on: of each user in order, once each, without a gap. */
  followEverybody(): Promise<AsyncIterableIterator<Entry>>;
  /** Waits until other nodes have been told of all that was announced. */
  settle(): Promise<void>;
}

export function createPointsFeed(options: {
  readonly database: PooledDatabase;
  readonly notifications: Notifications;
  /** Other nodes were not told, and will find out a few seconds later. */
  readonly onUnsent: (error: unknown) => void;
}): PointsFeed {
  const { database, notifications, onUnsent } = options;
  const changes = createChanges(notifications, onUnsent);
  const entriesBehind = createEntriesBehind(database);
  return {
    announce: changes.announce,
    followUser: (start) => followUser({ changes, entriesBehind }, start),
    followEverybody: createEverybodyFeed({ database, changes, entriesBehind }),
    settle: changes.settle,
  };
}
