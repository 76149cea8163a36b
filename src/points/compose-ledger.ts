import type { Credential } from '../auth/actor.js';
import type { PooledDatabase, PreparedDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import { createApplyPoints } from './apply-points.js';
import type { PointsChange, Written } from './change.js';
import { systemClock } from './clock.js';
import { createPointsFeed, type PointsFeed } from './feed/points-feed.js';
import { createLedger, type Ledger } from './ledger.js';

export interface ComposedLedger {
  readonly ledger: Ledger;
  /** The entries of the ledger, on every node. */
  readonly pointsFeed: PointsFeed;
}

export interface LedgerParts {
  readonly database: PooledDatabase;
  /** The connections that changes of points are made on. */
  readonly changes: PreparedDatabase;
  readonly notifications: Notifications;
  /** A statement failed. What it was for may be tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Other nodes were not notified of new entries. They find them by themselves a few seconds later. */
  readonly onUnsent: (error: unknown) => void;
  /** A change was made by its credential. */
  readonly onUse?: (credential: Credential, at: Date) => void;
}

/** Puts the ledger together with the feed that announces its entries: for the server, the command line and tests. */
export function composeLedger(parts: LedgerParts): ComposedLedger {
  const { database, changes, notifications, onFailure, onUnsent, onUse } = parts;
  const pointsFeed = createPointsFeed({ database, notifications, onUnsent });
  const run = createApplyPoints(changes);
  const onWritten = (written: Written, { credential }: PointsChange) => {
    if (written.kind === 'ENTRY') {
      pointsFeed.announce(written.entry);
      if (written.counterpart !== null) pointsFeed.announce(written.counterpart.entry);
    }
    onUse?.(credential, writtenAt(written));
  };
  return { pointsFeed, ledger: createLedger({ run, clock: systemClock, onFailure, onWritten }) };
}

function writtenAt(written: Written): Date {
  return written.kind === 'ENTRY' ? written.entry.recordedAt : (written.hold.endedAt ?? written.hold.createdAt);
}
