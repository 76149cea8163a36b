import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ReadPassword, setPasswordReader } from './client.js';
import type { PooledDatabase } from './connect.js';
import type { Fence } from './fence.js';
import type { Statement } from './prepared-query.js';
import type { FeedState } from './statistics.js';

/**
 * Messages between nodes through the database. They carry hints and no data: a text can be lost, and a listener is then
 * told only that there may be a gap.
 */
export interface Notifications {
  /** Sends texts of up to {@link MAX_BYTES} each to every other node that listens. */
  publish(channel: string, texts: readonly string[]): Promise<void>;
  /** Receives what other nodes publish, on a connection of its own, until the returned function is called. */
  listen(channel: string, listener: Listener): () => void;
  readState(): FeedState;
}

export interface Listener {
  readonly onText: (text: string) => void;
  /** The connection was opened, or opened again: texts that were published before were not received. */
  readonly onGap: () => void;
}

export interface NotificationsOptions {
  readonly database: PooledDatabase;
  /** Where to listen; undefined: nowhere, and only `publish` works. */
  readonly listenUrl: string | undefined;
  /** For a connection to `listenUrl`. */
  readonly readPassword?: ReadPassword | undefined;
  /** The connection broke, or could not be opened; another attempt follows. */
  readonly onLost: (error: unknown) => void;
  /** Judges the connection that listens; undefined: it carries hints alone, and leads where its URL says. */
  readonly fence: Fence | undefined;
}

/** PostgreSQL takes less than 8,000 bytes, of which the node's name is 37. */
export const MAX_BYTES = 7_900;

const RETRY_MS = 500;

/** A dead connection is noticed within these: the time between two heartbeats, and the timeout of one. */
const HEARTBEAT_MS = 10_000;
const TIMEOUT_MS = 5_000;

/** A hint need not be durable: without `synchronous_commit` it waits for no disk. */
const NOTIFY: Statement = {
  name: 'notify',
  text: `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2 || text) from unnest($3::text[]) as text`,
};

export function createNotifications(options: NotificationsOptions): Notifications {
  const { database, listenUrl: url, readPassword, onLost, fence } = options;
  const node = randomUUID(); // a node receives its own texts, too, and skips them
  const open = new Set<{ readonly isListening: boolean }>();
  return {
    publish: async (channel, texts) => {
      await database.$client.send(NOTIFY, [channel, `${node} `, texts]);
    },
    readState: () => {
      if (open.size === 0) return 'IDLE';
      return [...open].every(({ isListening }) => isListening) ? 'LISTENING' : 'POLLING';
    },
    listen: (channel, listener) => {
      const state = { isListening: false };
      open.add(state);
      const stop = new AbortController();
      const onText = (payload: string) => {
        if (!payload.startsWith(node)) listener.onText(payload.slice(node.length + 1));
      };
      if (url !== undefined) {
        const { onGap } = listener;
        void keepListening({ url, readPassword, fence, channel, state, onText, onGap }, stop.signal, onLost);
      }
      return () => {
        stop.abort();
        open.delete(state);
      };
    },
  };
}

interface Subscription extends Listener {
  readonly url: string;
  readonly readPassword: ReadPassword | undefined;
  readonly fence: Fence | undefined;
  readonly channel: string;
  readonly state: { isListening: boolean };
}

async function keepListening(
  subscription: Subscription,
  stop: AbortSignal,
  onLost: (error: unknown) => void,
): Promise<void> {
  while (!stop.aborted) {
    await receive(subscription, stop).catch((error: unknown) => {
      if (!stop.aborted) onLost(error);
    });
    await delay(RETRY_MS, undefined, { signal: stop, ref: false }).catch(() => {});
  }
}

/** Listens until the connection breaks or `stop` is given, and then rejects. */
async function receive(subscription: Subscription, stop: AbortSignal): Promise<never> {
  const { url, readPassword, fence, channel, state, onText, onGap } = subscription;
  const client = new pg.Client({
    connectionString: url,
    application_name: 'scrip-listen',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    keepAlive: true,
  });
  setPasswordReader(client, readPassword);
  const lost = new Promise<never>((_resolve, reject) => {
    client.on('error', reject).on('end', () => reject(new Error('The listening connection has ended.')));
  });
  lost.catch(() => {}); // it may break while nothing awaits it
  client.on('notification', ({ payload = '' }) => onText(payload));
  try {
    await client.connect();
    await fence?.admit(client);
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    state.isListening = true;
    onGap();
    for (;;) {
      await Promise.race([lost, delay(HEARTBEAT_MS, undefined, { signal: stop, ref: false })]);
      await client.query('select 1');
    }
  } finally {
    state.isListening = false;
    void client.end().catch(() => {}); // on a dead connection it may never resolve
  }
}
