import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Database } from './connect.js';
import type { Fence } from './fence.js';

/**
 * What one node tells the others through the database. It carries hints and no data: a text can be lost, and whoever
 * listens is then told no more than that something may have been.
 */
export interface Notifications {
  /** Tells every other node that listens; texts of up to {@link MOST_BYTES} each. */
  publish(channel: string, texts: readonly string[]): Promise<void>;
  /** Hears what other nodes publish, on a connection of its own, until the returned function is called. */
  listen(channel: string, listener: Listener): () => void;
}

export interface Listener {
  readonly heard: (text: string) => void;
  /** The connection was made, or made again: whatever was published before went unheard. */
  readonly missed: () => void;
}

export interface NotificationsOptions {
  readonly database: Database;
  readonly url: string;
  /** In transaction mode nobody can listen: the connection changes hands. Only `publish` works then. */
  readonly behindPooler: boolean;
  /** The connection broke, or could not be made; it is tried again. */
  readonly onLost: (error: unknown) => void;
  readonly fence: Fence;
}

/** PostgreSQL takes less than 8,000 bytes, of which the node's name is 37. */
export const MOST_BYTES = 7_900;

const RETRY_MS = 500;

/** How long a connection may be dead without anybody noticing: between two signs of life, and waiting for one. */
const HEARTBEAT_MS = 10_000;
const PATIENCE_MS = 5_000;

export function createNotifications({
  database,
  url,
  behindPooler,
  onLost,
  fence,
}: NotificationsOptions): Notifications {
  const node = randomUUID(); // a node hears itself, too, and knows already
  return {
    publish: async (channel, texts) => {
      // A hint need not be durable: without `synchronous_commit` it waits for no disk.
      await database.execute(sql`
        select set_config('synchronous_commit', 'off', true), pg_notify(${channel}, ${`${node} `} || text)
          from unnest(${sql.param(texts)}::text[]) as text`);
    },
    listen: (channel, listener) => {
      const stop = new AbortController();
      const heard = (payload: string) => {
        if (!payload.startsWith(node)) listener.heard(payload.slice(node.length + 1));
      };
      if (!behindPooler)
        void keepListening({ url, fence, channel, heard, missed: listener.missed }, stop.signal, onLost);
      return () => stop.abort();
    },
  };
}

interface Line extends Listener {
  readonly url: string;
  readonly fence: Fence;
  readonly channel: string;
}

async function keepListening(line: Line, stop: AbortSignal, onLost: (error: unknown) => void): Promise<void> {
  while (!stop.aborted) {
    await hear(line, stop).catch((error: unknown) => {
      if (!stop.aborted) onLost(error);
    });
    await delay(RETRY_MS, undefined, { signal: stop, ref: false }).catch(() => {});
  }
}

/** Listens until the connection breaks or `stop` is given, and then rejects. */
async function hear({ url, fence, channel, heard, missed }: Line, stop: AbortSignal): Promise<never> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'scrip-listen',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    keepAlive: true,
  });
  const lost = new Promise<never>((_resolve, reject) => {
    client.on('error', reject).on('end', () => reject(new Error('The connection that listens has ended.')));
  });
  lost.catch(() => {}); // it may break while nobody waits for it
  client.on('notification', ({ payload = '' }) => heard(payload));
  try {
    await client.connect();
    await fence.admit(client);
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    missed();
    for (;;) {
      await Promise.race([lost, delay(HEARTBEAT_MS, undefined, { signal: stop, ref: false })]);
      await client.query('select 1');
    }
  } finally {
    void client.end().catch(() => {}); // of a connection that is dead the end may never come
  }
}
