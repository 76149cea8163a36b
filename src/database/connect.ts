import { resolve } from 'node:path';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { createFence, type Fence } from './fence.js';
import { Pool } from './pool.js';

/** What operations are given to read and write with: single statements, or short transactions. */
export type Database = NodePgDatabase;

/** The same outside of any transaction, where statements can be prepared for good. */
export type PooledDatabase = Database & { readonly $client: pg.Pool };

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
  /** Shared by all pools of a process, so that each learns of a failover that another one saw. */
  readonly fence?: Fence;
  /** Why statements may not be sent at the moment; undefined: nothing stands against it. */
  readonly refusal?: () => string | undefined;
  /** A connection that is older is replaced as soon as it is idle. */
  readonly maxLifetimeSeconds?: number;
  /** {@link TIME_LIMITS} unless given. */
  readonly timeLimits?: TimeLimits;
}

/** How long is waited for the database. */
interface TimeLimits {
  /** For a connection: a new one, or one that others have in use. */
  readonly connectMs: number;
  /** For a statement in the server, which then undoes it. */
  readonly statementMs: number;
  /**
   * For its answer, from a server that may have vanished: the connection is then destroyed, never used again. The
   * statement is not cancelled. By then its own limit has ended it, unless it waits for a synchronous standby, where
   * cancelling shows a change that no standby has; that wait ends, and the session with it, once a standby is back.
   */
  readonly answerMs: number;
}

/**
 * All of it together, and the second for which the fence examines a new connection, leaves time for a second attempt
 * within the 30 s in which every request is answered.
 */
const TIME_LIMITS: TimeLimits = { connectMs: 3_000, statementMs: 8_000, answerMs: 9_000 };

/** How long a statement waits for rows that somebody else holds: within 2 s everybody else is served again. */
const LOCK_TIMEOUT_MS = 1_500;

/**
 * Settings under which the same statement means and returns the same, whatever a role or a database sets.
 *
 * The plan is for speed: everything that is read often is read by key, with one plan for all values. Left to itself
 * PostgreSQL plans each look-up by a list of keys anew, because the length of the list might matter, and spends longer on
 * that than on the look-up.
 */
const SESSION_SETTINGS = [
  'client_encoding=UTF8',
  'datestyle=ISO,YMD',
  'intervalstyle=postgres',
  'timezone=UTC',
  'extra_float_digits=1',
  'bytea_output=hex',
  'standard_conforming_strings=on',
  'array_nulls=on',
  'plan_cache_mode=force_generic_plan',
];

/** Opens a pool; nothing is sent until the first statement. */
export function connect({ timeLimits = TIME_LIMITS, ...options }: ConnectOptions): Connection {
  const { fence = createFence(), refusal = () => undefined } = options;
  const pool = new Pool({
    refusal,
    onConnect: (client) => fence.admit(client as pg.Client), // the pool makes no others, and awaits it
    maxLifetimeSeconds: options.maxLifetimeSeconds,
    connectionString: options.behindPooler ? options.url : withSettings(options.url),
    max: options.poolSize,
    connectionTimeoutMillis: timeLimits.connectMs,
    query_timeout: timeLimits.answerMs,
    // A pooler in transaction mode refuses settings at connect: there the role's own settings hold, and are inspected.
    ...(options.behindPooler
      ? {}
      : {
          statement_timeout: timeLimits.statementMs,
          lock_timeout: LOCK_TIMEOUT_MS,
          idle_in_transaction_session_timeout: timeLimits.statementMs,
          application_name: 'scrip',
        }),
    keepAlive: true,
  });
  pool.on('error', options.onLost);
  if (options.behindPooler) sendWithoutNames(pool);
  return { database: drizzle(pool), close: () => pool.end() };
}

/** Adds the settings to the URL's own `options`, which would replace any that are given beside it. The last one counts. */
function withSettings(url: string): string {
  const extended = new URL(url);
  const own = extended.searchParams.get('options');
  const settings = SESSION_SETTINGS.map((setting) => `-c ${setting}`).join(' ');
  extended.searchParams.set('options', own === null ? settings : `${own} ${settings}`);
  return extended.href;
}

/** The files that the URL names: `pg` reads them for each new connection, so that a renewed certificate needs no restart. */
export function filesOf(url: string): readonly string[] {
  const { searchParams } = new URL(url);
  return ['sslrootcert', 'sslcert', 'sslkey'].flatMap((name) => searchParams.getAll(name)).map((file) => resolve(file));
}

/** A pooler in transaction mode may hand a named statement to a server that never heard of the name. */
function sendWithoutNames(pool: pg.Pool): void {
  const query: (config: pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult> = pool.query.bind(pool);
  Object.assign(pool, {
    query: (statement: string | pg.QueryConfig, values?: unknown[]) => {
      const { name: _, ...config } = typeof statement === 'string' ? { text: statement, name: '' } : statement;
      return query(config, values);
    },
  });
}
