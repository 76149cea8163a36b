import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { ReadPassword } from './client.js';
import type { Fence } from './fence.js';
import { createKeyedTransactions, type KeyedTransactions } from './keyed-transactions.js';
import { Pool } from './pool.js';
import { Sender, type SenderOptions, type Statements } from './sender.js';
import { SESSION_SETTINGS, sessionTimeouts, TIMEOUTS, type Timeouts } from './session-settings.js';

/** Single statements, or short transactions. */
export type Database = NodePgDatabase;

/** The same outside of any transaction, where statements can be prepared for good. */
export type PooledDatabase = Database & {
  readonly $client: Pool;
  readonly keyedTransactions: KeyedTransactions;
};

/** A database that prepared statements are sent to: over a pool, or over connections of their own. */
export type PreparedDatabase = Database & { readonly $client: Statements };

/** A pool of connections. */
export interface Connection {
  readonly database: PooledDatabase;
  /** Waits for what is running, then closes every connection. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly url: string;
  readonly readPassword?: ReadPassword | undefined;
  readonly poolSize: number;
  readonly behindPooler: boolean;
  /** An idle connection broke; the pool replaces it. */
  readonly onLost: (error: Error) => void;
  /** Shared by all pools of a process, so that each learns of a failover from the others. */
  readonly fence: Fence;
  /** Why statements may not be sent at the moment; undefined: they may. */
  readonly refusal?: () => string | undefined;
  /** A connection that is older is replaced as soon as it is idle. */
  readonly maxLifetimeSeconds?: number;
  /** {@link TIMEOUTS} unless given. */
  readonly timeouts?: Timeouts;
}

/** Opens a pool; nothing is sent until the first statement. */
export function connect({ timeouts = TIMEOUTS, ...options }: ConnectOptions): Connection {
  const { fence, refusal = () => undefined } = options;
  const pool = new Pool({
    refusal,
    withNames: !options.behindPooler,
    onConnect: (client) => fence.admit(client as pg.Client), // the pool makes no others, and awaits it
    maxLifetimeSeconds: options.maxLifetimeSeconds,
    ...clientConfig(options, timeouts),
    max: options.poolSize,
    query_timeout: timeouts.resultMs,
  });
  pool.on('error', options.onLost);
  const database = drizzle(pool);
  return {
    database: Object.assign(database, { keyedTransactions: createKeyedTransactions(database) }),
    close: () => pool.end(),
  };
}

export interface DedicatedOptions
  extends Pick<ConnectOptions, 'url' | 'readPassword' | 'behindPooler' | 'onLost' | 'fence'>,
    Pick<SenderOptions, 'connections' | 'of' | 'refusal'> {}

/** After this time without a statement. The pool closes its connections after 10 s. */
const IDLE_MS = 30_000;

/** Makes connections of its own for one kind of prepared statement; nothing is sent until the first one. */
export function connectDedicated(options: DedicatedOptions): {
  readonly database: PreparedDatabase;
  close(): Promise<void>;
} {
  const config = clientConfig(options, TIMEOUTS);
  const { resultMs } = TIMEOUTS;
  const sender = new Sender({ ...options, config, resultMs, idleMs: IDLE_MS, withNames: !options.behindPooler });
  // Selects are built with it and nothing is executed: prepared statements go to the sender itself.
  const database = drizzle(sender as unknown as pg.Client) as unknown as PreparedDatabase;
  return { database, close: () => sender.close() };
}

function clientConfig(
  { url, readPassword, behindPooler }: Pick<ConnectOptions, 'url' | 'readPassword' | 'behindPooler'>,
  timeouts: Timeouts,
) {
  return {
    readPassword,
    connectionString: behindPooler ? url : withSettings(url),
    connectionTimeoutMillis: timeouts.connectMs,
    // A pooler in transaction mode refuses settings at connect: there the role's own settings hold, and are inspected.
    ...(behindPooler ? {} : { ...sessionTimeouts(timeouts), application_name: 'scrip' }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // a firewall between forgets a connection without a packet
  };
}

/** Adds the settings to the URL's own `options`, which would replace any that are given beside it. The last one counts. */
function withSettings(url: string): string {
  const extended = new URL(url);
  const own = extended.searchParams.get('options');
  const settings = SESSION_SETTINGS.map(({ name, value }) => `-c ${name}=${value}`).join(' ');
  extended.searchParams.set('options', own === null ? settings : `${own} ${settings}`);
  return extended.href;
}
