import { resolve } from 'node:path';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Fence } from './fence.js';
import { createKeyedTransactions, type KeyedTransactions } from './keyed-transactions.js';
import { Pool } from './pool.js';
import { SESSION_SETTINGS, sessionTimeouts, TIMEOUTS, type Timeouts } from './session-settings.js';

/** Single statements, or short transactions. */
export type Database = NodePgDatabase;

/** The same outside of any transaction, where statements can be prepared for good. */
export type PooledDatabase = Database & {
  readonly $client: pg.Pool;
  readonly keyedTransactions: KeyedTransactions;
};

/** A pool of connections. */
export interface Connection {
  readonly database: PooledDatabase;
  /** Waits for what is running, then closes every connection. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly url: string;
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
    onConnect: (client) => fence.admit(client as pg.Client), // the pool makes no others, and awaits it
    maxLifetimeSeconds: options.maxLifetimeSeconds,
    connectionString: options.behindPooler ? options.url : withSettings(options.url),
    max: options.poolSize,
    connectionTimeoutMillis: timeouts.connectMs,
    query_timeout: timeouts.resultMs,
    // A pooler in transaction mode refuses settings at connect: there the role's own settings hold, and are inspected.
    ...(options.behindPooler ? {} : { ...sessionTimeouts(timeouts), application_name: 'scrip' }),
    keepAlive: true,
  });
  pool.on('error', options.onLost);
  if (options.behindPooler) sendWithoutNames(pool);
  const database = drizzle(pool);
  return {
    database: Object.assign(database, { keyedTransactions: createKeyedTransactions(database) }),
    close: () => pool.end(),
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

/** The files that the URL names: `pg` reads them for each new connection, so that a renewed certificate needs no restart. */
export function filesOf(url: string): readonly string[] {
  const { searchParams } = new URL(url);
  return ['sslrootcert', 'sslcert', 'sslkey'].flatMap((name) => searchParams.getAll(name)).map((file) => resolve(file));
}

/** A pooler in transaction mode may send a named statement to a server connection on which it was not prepared. */
function sendWithoutNames(pool: pg.Pool): void {
  const query: (config: pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult> = pool.query.bind(pool);
  Object.assign(pool, {
    query: (statement: string | pg.QueryConfig, values?: unknown[]) => {
      const { name: _, ...config } = typeof statement === 'string' ? { text: statement, name: '' } : statement;
      return query(config, values);
    },
  });
}
