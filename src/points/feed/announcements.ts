import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_BYTES, type Notifications } from '../../database/notifications.js';
import type { EntryRef } from '../entry.js';

export interface Listener {
  /** The user's ledger has grown, at least up to this entry. */
  readonly onEntry: (entry: EntryRef) => void;
  /** An announcement may have been lost; the entry is in the ledger. */
  readonly onGap: () => void;
}

/** Notifies all nodes which ledgers have grown. An announcement may be lost: a listener reads the ledger upon `onGap`. */
export interface Announcements {
  /** Notifies every node of a durable entry. Non-blocking; never throws. */
  announce(entry: EntryRef): void;
  /** Listens to one user, or to all, until the returned function is called. */
  listen(userId: string | 'ALL', listener: Listener): () => void;
  /** Waits until everything that was announced is sent. */
  flush(): Promise<void>;
}

const CHANNEL = 'scrip_points';

/** The minimum time between two sends of a node. */
const PAUSE_MS = 10;

/** While there are listeners, they are notified of a possible gap this often: a node may stop before it announces. */
const GAP_INTERVAL_MS = 2_000;

/** A line has at most 47 bytes and a line break. */
const LINES_PER_TEXT = Math.floor(MAX_BYTES / 48);

/** With more texts at once it is cheaper to announce a gap. */
const MAX_TEXTS = 20;

/** The text of a gap, on the wire. */
const GAP = 'look';

const LINE = /^([0-9a-f-]{36}) (\d{1,10})$/;

/** @param onUnsent called when announcements could not be sent. */
export function createAnnouncements(notifications: Notifications, onUnsent: (error: unknown) => void): Announcements {
  const listeners = new Map<string, Set<Listener>>();
  const sender = createSender(notifications, onUnsent);
  let unsubscribe: (() => void) | undefined;

  const deliver = (entry: EntryRef): void => {
    if (listeners.size === 0) return;
    for (const key of [entry.userId, 'ALL']) for (const { onEntry } of listeners.get(key) ?? []) onEntry(entry);
  };
  const onGap = (): void => {
    for (const group of listeners.values()) for (const listener of group) listener.onGap();
  };

  const subscribe = (): (() => void) => {
    const stop = notifications.listen(CHANNEL, {
      onText: (text) => (text === GAP ? onGap() : text.split('\n').flatMap(read).forEach(deliver)),
      onGap,
    });
    const timer = setInterval(onGap, GAP_INTERVAL_MS).unref();
    return () => {
      stop();
      clearInterval(timer);
    };
  };

  return {
    announce: (entry) => {
      deliver(entry);
      sender.send(entry);
    },
    listen: (key, listener) => {
      const group = listeners.get(key) ?? new Set();
      listeners.set(key, group.add(listener));
      unsubscribe ??= subscribe();
      return () => {
        group.delete(listener);
        if (group.size === 0 && listeners.get(key) === group) listeners.delete(key);
        if (listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
    flush: sender.flush,
  };
}

/** Sends the last entry of each user: at the end of this turn of the event loop, and those that follow after a pause. */
function createSender(notifications: Notifications, onUnsent: (error: unknown) => void) {
  let outgoing = new Map<string, number>();
  let sending: Promise<void> | undefined;

  const sendAll = async (): Promise<void> => {
    await nextTurn();
    while (outgoing.size > 0) {
      const texts = write(outgoing);
      outgoing = new Map();
      await notifications.publish(CHANNEL, texts).catch(onUnsent);
      await delay(PAUSE_MS);
    }
    sending = undefined; // synchronously: what is announced from here on starts it again
  };

  return {
    send: ({ userId, sequence }: EntryRef): void => {
      outgoing.set(userId, Math.max(sequence, outgoing.get(userId) ?? 0));
      sending ??= sendAll();
    },
    flush: async (): Promise<void> => await sending,
  };
}

function write(lasts: ReadonlyMap<string, number>): string[] {
  const lines = [...lasts].map(([userId, last]) => `${userId} ${last}`);
  if (lines.length > MAX_TEXTS * LINES_PER_TEXT) return [GAP];
  const texts: string[] = [];
  while (lines.length > 0) texts.push(lines.splice(0, LINES_PER_TEXT).join('\n'));
  return texts;
}

function read(line: string): EntryRef[] {
  const [, userId, sequence] = LINE.exec(line) ?? [];
  return userId === undefined ? [] : [{ userId, sequence: Number(sequence) }];
}
