import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { type Connection, connect, type Database, type PooledDatabase } from './connect.js';
import { describeConnectionError, isPermanent } from './connection-error.js';
import { openEmbeddedPostgres } from './embedded/open-embedded-postgres.js';
import type { User } from './embedded/run-program.js';
import { databaseFailure } from './failure.js';
import { inspectServer } from './inspect-server.js';
import { migrate } from './migrate.js';
import { createNotifications, type Notifications } from './notifications.js';
import { UnusableDatabase } from './unusable-database.js';

/** A database that serves, and the way to the other nodes that it is shared with. */
export interface OpenDatabase extends Connection {
  /** The same database, over a few connections of their own, for what must not stand in line behind slow lists. */
  readonly priority: PooledDatabase;
  readonly notifications: Notifications;
  /** Whom the embedded PostgreSQL runs as; undefined: as this process, or there is none. */
  readonly postgresUser: User | undefined;
  /** What an operator should know of the server and its settings, one sentence each. */
  readonly warnings: readonly string[];
}

export interface OpenOptions {
  /** `skip` opens the database as it is, for a command that makes a migration possible. */
  readonly migrations?: 'apply' | 'skip';
}

/** So many can be in flight at once: four of the ledger, and one look-up of each kind, three of credentials and six by key. */
const PRIORITY_POOL_SIZE = 13;

/** How long a database that is just starting is waited for. */
const PATIENCE_MS = 15_000;

/**
 * Opens the database that the configuration names, safe and migrated.
 *
 * @throws UnusableDatabase when it cannot be reached, is not safe to keep points in, cannot be migrated, or was made by
 *   newer code. No message holds its URL.
 */
export async function openDatabase(
  config: Config['database'],
  log: Logger,
  { migrations = 'apply' }: OpenOptions = {},
): Promise<OpenDatabase> {
  const server = await openServer(config.source, log);
  const { behindPooler, poolSize } = config;
  const onLost = (error: unknown) => log.warn({ err: error }, 'a connection to the database was lost');
  const { database, close } = connect({ url: server.url, poolSize, behindPooler, onLost });
  const priority = connect({ url: server.url, poolSize: PRIORITY_POOL_SIZE, behindPooler, onLost });
  const notifications = createNotifications({ database, url: server.url, behindPooler, onLost });
  const closeAll = async () => {
    await Promise.all([close(), priority.close()]);
    await server.close();
  };
  try {
    await reach(database, log);
    const warnings = await inspectServer(database, { ...config, connections: poolSize + PRIORITY_POOL_SIZE + 1 });
    if (migrations === 'apply') await migrate({ database, url: server.url, behindPooler, log });
    const { user: postgresUser } = server;
    return { database, priority: priority.database, notifications, postgresUser, warnings, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openServer(source: Config['database']['source'], log: Logger) {
  if (source.kind === 'url') return { url: source.url, user: undefined, close: async () => {} };
  return await openEmbeddedPostgres({ home: source.home, log: (message) => log.info(message) });
}

async function reach(database: Database, log: Logger): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await database.execute(sql`select 1`);
      return;
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure === undefined || failure.kind === 'refused' || isPermanent(error) || Date.now() > deadline) {
        throw new UnusableDatabase(`The database cannot be reached: ${describeConnectionError(error)}.`, {
          cause: error,
        });
      }
      log.info('waiting for the database');
      await delay(500);
    }
  }
}
