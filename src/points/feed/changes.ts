import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { MOST_BYTES, type Notifications } from '../../database/notifications.js';
import type { EntryRef } from '../entry.js';

/** Who hears of changes. */
export interface Listener {
  /** The user's ledger has grown, at least up to this entry. */
  readonly heard: (entry: EntryRef) => void;
  /** Something may have gone unheard; what it was is in the ledger. */
  readonly missed: () => void;
}

/** The news between nodes that entries were written. It may be lost: whoever needs all looks when called by `missed`. */
export interface Changes {
  /** Tells every node of an entry that is there for good. It takes no time, and does not fail. */
  announce(entry: EntryRef): void;
  /** Hears of the changes of one user, or of everybody's, until the returned function is called. */
  listen(userId: string | 'EVERYBODY', listener: Listener): () => void;
  /** Waits until all that was announced has been sent. */
  settle(): Promise<void>;
}

const CHANNEL = 'scrip_points';

/** However much is written, a node sends news no more often than this. */
const PAUSE_MS = 10;

/** While somebody listens, they look by themselves so often: for what a node wrote that died before it could tell. */
const LOOK_MS = 2_000;

/** A line takes 47 bytes at most, and its end one. */
const LINES_PER_TEXT = Math.floor(MOST_BYTES / 48);

/** Beyond this many texts at once it is cheaper to have everybody look. */
const MOST_TEXTS = 20;
const LOOK = 'look';

const LINE = /^([0-9a-f-]{36}) (\d{1,10})$/;

/** @param onUnsent hears that news could not be sent. */
export function createChanges(notifications: Notifications, onUnsent: (error: unknown) => void): Changes {
  const listeners = new Map<string, Set<Listener>>();
  let stopHearing: (() => void) | undefined;
  let outgoing = new Map<string, number>();
  let sending: Promise<void> | undefined;

  const deliver = (entry: EntryRef): void => {
    if (listeners.size === 0) return;
    for (const key of [entry.userId, 'EVERYBODY']) for (const { heard } of listeners.get(key) ?? []) heard(entry);
  };
  const missed = (): void => {
    for (const group of listeners.values()) for (const listener of group) listener.missed();
  };

  /** The first news goes at the end of this turn; what comes up meanwhile goes together, after a pause. */
  const send = async (): Promise<void> => {
    await nextTurn();
    while (outgoing.size > 0) {
      const texts = write(outgoing);
      outgoing = new Map();
      await notifications.publish(CHANNEL, texts).catch(onUnsent);
      await delay(PAUSE_MS);
    }
    sending = undefined; // at once: whatever is announced from here on needs a new start
  };

  const hear = (): (() => void) => {
    const stop = notifications.listen(CHANNEL, {
      heard: (text) => (text === LOOK ? missed() : text.split('\n').flatMap(read).forEach(deliver)),
      missed,
    });
    const look = setInterval(missed, LOOK_MS).unref();
    return () => {
      stop();
      clearInterval(look);
    };
  };

  return {
    announce: (entry) => {
      deliver(entry);
      outgoing.set(entry.userId, Math.max(entry.sequence, outgoing.get(entry.userId) ?? 0));
      sending ??= send();
    },
    listen: (key, listener) => {
      const group = listeners.get(key) ?? new Set();
      listeners.set(key, group.add(listener));
      stopHearing ??= hear();
      return () => {
        group.delete(listener);
        if (group.size === 0 && listeners.get(key) === group) listeners.delete(key);
        if (listeners.size > 0) return;
        stopHearing?.();
        stopHearing = undefined;
      };
    },
    settle: async () => await sending,
  };
}

function write(lasts: ReadonlyMap<string, number>): string[] {
  const lines = [...lasts].map(([userId, last]) => `${userId} ${last}`);
  if (lines.length > MOST_TEXTS * LINES_PER_TEXT) return [LOOK];
  const texts: string[] = [];
  while (lines.length > 0) texts.push(lines.splice(0, LINES_PER_TEXT).join('\n'));
  return texts;
}

function read(line: string): EntryRef[] {
  const [, userId, sequence] = LINE.exec(line) ?? [];
  return userId === undefined ? [] : [{ userId, sequence: Number(sequence) }];
}
