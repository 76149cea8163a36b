import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { openEmbeddedPostgres } from '../embedded-postgres/open-embedded-postgres.js';
import type { User } from '../embedded-postgres/run-program.js';
import { awaitDatabase } from './await-database.js';
import { type Connection, connect, type PooledDatabase } from './connect.js';
import { NoConnection } from './failure.js';
import { createFence } from './fence.js';
import { inspectServer, refuseBlindRole } from './inspect-server.js';
import { migrate } from './migrate.js';
import { createNotifications, type Notifications } from './notifications.js';
import { type Readiness, watchReadiness } from './readiness.js';

/** A database that serves, and the way to the other nodes that it is shared with. */
export interface OpenDatabase extends Connection {
  /** The same database, over a few connections of their own, for what must not stand in line behind slow lists. */
  readonly priority: PooledDatabase;
  readonly notifications: Notifications;
  readonly readiness: Pick<Readiness, 'check'>;
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

/** A check of the database may take twice as long and a second: to connect, to be examined, and to answer. */
const CHECK_MS = 2_000;

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
  const server = await openServer(config, log);
  const { behindPooler, poolSize, requireSyncStandby, startTimeoutSeconds: timeoutSeconds } = config;
  const { url, user: postgresUser } = server;
  const onLost = (error: unknown) =>
    log.warn({ event: 'database_connection_lost', err: error }, 'a connection to the database was lost');
  const fence = createFence();
  const checks = connect({
    url,
    poolSize: 1,
    behindPooler,
    onLost: () => {}, // the next check says it
    fence,
    maxLifetimeSeconds: 1,
    timeouts: { connectMs: CHECK_MS, statementMs: CHECK_MS, resultMs: CHECK_MS },
  });
  const readiness = watchReadiness({ database: checks.database, requireSyncStandby, log });
  const { refusal } = readiness;
  const { database, close } = connect({ url, poolSize, behindPooler, onLost, fence, refusal });
  const priority = connect({ url, poolSize: PRIORITY_POOL_SIZE, behindPooler, onLost, fence, refusal });
  const notifications = createNotifications({ database, url, behindPooler, onLost, fence });
  const closeAll = async () => {
    readiness.stop();
    await Promise.all([close(), priority.close(), checks.close()]);
    await server.close();
  };
  try {
    const warnings = await awaitDatabase({ url, timeoutSeconds, log }, async () => {
      const found = await inspectServer(database, { ...config, connections: poolSize + PRIORITY_POOL_SIZE + 2 });
      if (requireSyncStandby) await refuseBlindRole(database);
      if (migrations === 'skip') return found;
      await migrate({ database, url, behindPooler, fence, log });
      const fault = await readiness.check();
      if (fault !== undefined) throw new NoConnection(new Error(fault));
      return found;
    });
    return { database, priority: priority.database, notifications, readiness, postgresUser, warnings, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openServer({ source, startTimeoutSeconds }: Config['database'], log: Logger) {
  if (source.kind === 'url') return { url: source.url, user: undefined, close: async () => {} };
  return await openEmbeddedPostgres({
    home: source.home,
    log: (message) => log.info(message),
    timeoutSeconds: startTimeoutSeconds,
    keepsRunning: true,
  });
}
