import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { openEmbeddedPostgres } from '../embedded-postgres/open-embedded-postgres.js';
import type { User } from '../embedded-postgres/run-program.js';
import { awaitDatabase, NotReady } from './await-database.js';
import { requireMigrated } from './check-migrations.js';
import { type Connection, connect, connectDedicated, type PooledDatabase, type PreparedDatabase } from './connect.js';
import { createFence } from './fence.js';
import { inspectServer, refuseBlindRole } from './inspect-server.js';
import { migrate } from './migrate.js';
import { createNotifications, type Notifications } from './notifications.js';
import { passwordReader } from './password-reader.js';
import { refuseMissingPrivileges } from './privileges.js';
import { findReadinessFault, type Readiness, watchReadiness } from './readiness.js';
import type { DatabaseStatistics } from './statistics.js';
import { ensureTrigramIndexes } from './trigram-indexes.js';

/** A database, and the way to the nodes that it is shared with. */
export interface OpenDatabase extends Connection {
  readonly notifications: Notifications;
  /** What an operator should know of the server and its settings, one sentence each. */
  readonly warnings: readonly string[];
}

/** A database that a server serves from. */
export interface ServedDatabase extends OpenDatabase {
  /** The same database, for look-ups by key. Like changes they do not stand in line behind slow lists. */
  readonly lookUps: PreparedDatabase;
  /** The same database, for changes of points. */
  readonly changes: PreparedDatabase;
  readonly readiness: Pick<Readiness, 'check'>;
  readonly readStatistics: () => DatabaseStatistics;
  /** The system user that the embedded PostgreSQL runs as; undefined: that of this process, or there is none. */
  readonly postgresUser: User | undefined;
}

export interface CommandOptions {
  /** What to do with pending migrations: `refuse`, unless given; `ignore` is for a command that makes a migration possible. */
  readonly migrations?: 'apply' | 'refuse' | 'ignore';
}

/** One can be served while another is read, on two processors; a third one while a connection is opened anew. */
const LOOK_UP_CONNECTIONS = 3;

/**
 * So many statements that change points are in flight at once: one of all accounts, two of accounts that are locked, and two of
 * tokens with a limit for a day.
 */
const CHANGE_CONNECTIONS = 5;

/** Connections of a command: one for what it does, one for what it reads meanwhile. */
const COMMAND_POOL_SIZE = 2;

/** A check of the database may take twice as long and a second: to connect, to be examined, and to answer. */
const CHECK_MS = 2_000;

/**
 * Opens the database that the configuration names, safe and migrated, for a server: its state is watched, on a connection
 * of its own.
 *
 * @throws UnusableDatabase when it cannot be reached, is not safe to keep points in, cannot be migrated, or was made by
 *   newer code. No message holds its URL.
 * @throws AbortError when `signal` ends the wait for a database that does not serve yet.
 */
export async function openDatabase(
  config: Config['database'],
  log: Logger,
  signal?: AbortSignal,
): Promise<ServedDatabase> {
  const server = await openServer(config, log);
  const { poolSize, requireSyncStandby } = config;
  const shared = connectionOptions(config, server.url, log);
  const checks = connect({
    ...shared,
    poolSize: 1,
    onLost: () => {}, // the next check says it
    maxLifetimeSeconds: 1,
    timeouts: { connectMs: CHECK_MS, statementMs: CHECK_MS, resultMs: CHECK_MS },
  });
  const readiness = watchReadiness({ database: checks.database, requireSyncStandby, log });
  const { check, refusal } = readiness;
  const { database, close } = connect({ ...shared, poolSize, refusal });
  const lookUps = connectDedicated({ ...shared, refusal, of: 'LOOK_UPS', connections: LOOK_UP_CONNECTIONS });
  const changes = connectDedicated({ ...shared, refusal, of: 'CHANGES', connections: CHANGE_CONNECTIONS });
  const closeAll = async () => {
    readiness.stop();
    await Promise.all([close(), lookUps.close(), changes.close(), checks.close()]);
    await server.close();
  };
  const connections = connectionsOf(config);
  const options = { config, shared, database, connections, check, signal, migrations: 'apply' } as const;
  const warnings = await bringUp(options).catch(closeAndThrow(closeAll));
  const notifications = createNotifications({ ...shared, database, ...listening(config, shared) });
  const { $client: pool } = database;
  return {
    database,
    lookUps: lookUps.database,
    changes: changes.database,
    notifications,
    readiness,
    readStatistics: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      lost: shared.losses.count,
      feed: notifications.readState(),
    }),
    postgresUser: server.user,
    warnings,
    close: closeAll,
  };
}

/** How many connections a serving process may open: one more listens, and one serves `/readyz`. */
export function connectionsOf({ poolSize }: Pick<Config['database'], 'poolSize'>): number {
  return poolSize + LOOK_UP_CONNECTIONS + CHANGE_CONNECTIONS + 2;
}

/**
 * Opens the same database for a command, which serves nothing: over a small pool, without a watch, and migrated only on
 * demand.
 *
 * @throws UnusableDatabase as {@link openDatabase}, and where there is no database or a migration is pending.
 */
export async function openForCommand(
  config: Config['database'],
  log: Logger,
  { migrations = 'refuse' }: CommandOptions = {},
): Promise<OpenDatabase> {
  const server = await openServer(config, log);
  const { requireSyncStandby } = config;
  const shared = connectionOptions(config, server.url, log);
  const { database, close } = connect({ ...shared, poolSize: COMMAND_POOL_SIZE });
  const closeAll = async () => {
    await close();
    await server.close();
  };
  const check = async () => (await findReadinessFault({ database, requireSyncStandby }))?.message;
  const options = { config, shared, database, connections: COMMAND_POOL_SIZE, check, migrations };
  const warnings = await bringUp(options).catch(closeAndThrow(closeAll));
  return {
    database,
    notifications: createNotifications({ ...shared, database, ...listening(config, shared) }),
    warnings,
    close: closeAll,
  };
}

/**
 * Where notifications are received. A pooler in transaction mode carries none, since its connections change hands. A URL of
 * its own could lead to another cluster by mistake, which the fence would take for a move of the database.
 */
function listening({ listenUrl, listenUrlFile: path, home, behindPooler }: Config['database'], shared: Shared) {
  const { url, fence, readPassword, log } = shared;
  if (listenUrl === undefined) return { listenUrl: behindPooler ? undefined : url, fence, readPassword };
  const setting = 'DATABASE_LISTEN_URL_FILE';
  return { listenUrl, fence: undefined, readPassword: passwordReader({ url: listenUrl, path, home, setting, log }) };
}

/** What all connections of this process have in common, except one to DATABASE_LISTEN_URL. */
type Shared = ReturnType<typeof connectionOptions>;

function connectionOptions({ source, home, behindPooler }: Config['database'], url: string, log: Logger) {
  const losses = { count: 0 };
  const onLost = (error: unknown) => {
    losses.count += 1;
    log.warn({ event: 'database_connection_lost', err: error }, 'a connection to the database was lost');
  };
  const path = source.kind === 'url' ? source.file : undefined;
  const readPassword = passwordReader({ url, path, home, setting: 'DATABASE_URL_FILE', log });
  return { url, readPassword, behindPooler, onLost, losses, fence: createFence(log), log };
}

interface BringUpOptions extends Required<CommandOptions> {
  readonly config: Config['database'];
  readonly shared: Shared;
  readonly database: PooledDatabase;
  /** How many connections this process may open. */
  readonly connections: number;
  readonly check: () => Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for the server, inspects it, and migrates the database where it should. Returns the warnings. */
async function bringUp(options: BringUpOptions) {
  const { config, shared, database, connections, check, signal, migrations } = options;
  const { url, log } = shared;
  const { requireSyncStandby, startTimeoutSeconds: timeoutSeconds } = config;
  return await awaitDatabase({ url, timeoutSeconds, log, signal }, async () => {
    const found = await inspectServer(database, { ...config, connections });
    if (requireSyncStandby) await refuseBlindRole(database);
    await refuseMissingPrivileges(database);
    if (migrations === 'apply') {
      await migrate({ database, ...shared });
      await ensureTrigramIndexes({ database, ...shared });
    } else await requireMigrated({ database, url, allowsPending: migrations === 'ignore' });
    if (migrations === 'ignore') return found;
    const fault = await check();
    if (fault !== undefined) throw new NotReady(fault);
    return found;
  });
}

function closeAndThrow(close: () => Promise<void>): (error: unknown) => Promise<never> {
  return async (error) => {
    await close();
    throw error;
  };
}

/** Finds the server, or starts the embedded one, which runs until it is closed at least. No connection is made to the database. */
export async function openServer({ source, startTimeoutSeconds }: Config['database'], log: Logger) {
  if (source.kind === 'url') return { url: source.url, user: undefined, close: async () => {} };
  return await openEmbeddedPostgres({
    home: source.home,
    log: (message) => log.info({ event: 'embedded_postgres' }, message),
    timeoutSeconds: startTimeoutSeconds,
    keepsRunning: true,
  });
}
