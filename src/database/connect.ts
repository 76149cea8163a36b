import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** What operations are given to read and write with: single statements, or short transactions. */
export type Database = NodePgDatabase;

/** A pool of connections. */
export interface Connection {
  readonly database: Database;
  /** Waits for what is running, then closes every connection. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly behindPooler: boolean;
  /** An idle connection broke; the pool replaces it. */
  readonly onLost: (error: Error) => void;
}

/** A statement's longest life in the server: below the 30 s within which every request is answered. */
const STATEMENT_TIMEOUT_MS = 20_000;

/** The same seen from here, for a server that has stopped answering: the connection is destroyed, never used again. */
const QUERY_TIMEOUT_MS = 22_000;

const CONNECT_TIMEOUT_MS = 5_000;

/** Opens a pool; nothing is sent until the first statement. */
export function connect(options: ConnectOptions): Connection {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // A pooler in transaction mode refuses settings at connect: there the role's own settings hold.
    ...(options.behindPooler
      ? {}
      : {
          statement_timeout: STATEMENT_TIMEOUT_MS,
          idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
          application_name: 'scrip',
        }),
    keepAlive: true,
  });
  pool.on('error', options.onLost);
  return { database: drizzle(pool), close: () => pool.end() };
}
