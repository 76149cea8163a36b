/**
 * Brings a database to this version of the code, however long that takes.
 *
 * Of several nodes that start at once one migrates and the others wait. Each migration is a transaction that holds the
 * advisory lock, reads the journal again, and adds itself to it; so a lock and its migration end together, also behind a
 * pooler in transaction mode, which cannot keep a lock of a session. A migration outside a transaction holds a lock of
 * the session, which needs a direct connection.
 *
 * The lock is polled, not waited for: CREATE INDEX CONCURRENTLY waits for every snapshot, and a statement that waits for
 * the lock has one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { codeVersion } from '../version.js';
import type { PooledDatabase } from './connect.js';
import { describeConnectionError } from './connection-error.js';
import { databaseFailure, NoConnection } from './failure.js';
import { createFence, type Fence, UnfitServer } from './fence.js';
import { type Applied, ensureJournal, readJournal, recordApplied } from './journal.js';
import { isOlder, type Migration, readMigrations } from './migrations.js';
import { UnusableDatabase } from './unusable-database.js';

export interface MigrateOptions {
  /** What is applied already is read over it. */
  readonly database: PooledDatabase;
  /** Where the connection goes that migrates; it is made only when something is to be done. */
  readonly url: string;
  readonly behindPooler: boolean;
  /** Examines the connection that migrates. */
  readonly fence?: Fence;
  readonly log: Logger;
  /** Those of this version unless given. */
  readonly migrations?: readonly Migration[];
}

/** Any number will do, if it is always the same: 'scrip' in ASCII. */
const MIGRATION_LOCK = 0x7363726970;

const POLL_MS = 250;

const CONNECT_MS = 10_000;

/**
 * Applies what the database does not have yet. Where it has everything, this needs no more than to read the journal.
 *
 * @throws UnusableDatabase when newer code has made the database unusable for this version, or a migration fails.
 */
export async function migrate({ migrations = readMigrations(), ...options }: MigrateOptions): Promise<void> {
  const applied = await readApplied(options);
  refuseNewer(applied, migrations);
  const pending = migrations.filter((migration) => !has(applied, migration));
  if (pending.length === 0) return;
  const client = await openConnection(options);
  try {
    let schema = '';
    const lock = { isAnnounced: false, log: options.log };
    await inLockedTransaction(client, lock, async () => {
      schema = await ensureJournal(client, migrations);
    }).catch((error: unknown) => refuseFailed('The migration journal', error));
    for (const migration of pending) {
      await apply(client, migration, { ...options, migrations, schema, lock }).catch((error: unknown) =>
        refuseFailed(`Migration ${migration.name}`, error),
      );
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether the database has every migration. */
export async function isMigrated({ $client }: PooledDatabase, migrations: readonly Migration[]): Promise<boolean> {
  const applied = (await readJournal($client)) ?? [];
  return migrations.every((migration) => has(applied, migration));
}

async function readApplied({ database: { $client }, url }: MigrateOptions): Promise<readonly Applied[]> {
  try {
    return (await readJournal($client)) ?? [];
  } catch (error) {
    if (databaseFailure(error)?.kind !== 'refused') throw error;
    throw new UnusableDatabase(
      `The table scrip_migrations cannot be read: ${describeConnectionError(error, url)}. Grant SELECT on it to the role of DATABASE_URL.`,
      { cause: error },
    );
  }
}

function has(applied: readonly Applied[], { name }: Migration): boolean {
  return applied.some((row) => row.name === name);
}

/** A newer version may have added migrations; they say which code can still run. */
function refuseNewer(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const unknown = applied.filter(({ name }) => migrations.every((migration) => migration.name !== name));
  const barrier = unknown.find(({ oldestCode }) => isOlder(codeVersion, oldestCode));
  if (barrier !== undefined) {
    throw new UnusableDatabase(
      `The database was made by a newer version of Scrip: ${barrier.name} needs version ${barrier.oldestCode} or newer, and this is ${codeVersion}. Run a newer version.`,
    );
  }
}

/** A connection that no time-out of ours ends: neither the client's nor, once a lock is held, the server's. */
async function openConnection({ url, behindPooler, fence = createFence() }: MigrateOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // for hours without a byte through a firewall
    ...(behindPooler ? {} : { application_name: 'scrip-migrate' }),
  });
  client.on('error', () => {}); // the statement that runs fails with it
  try {
    await client.connect();
    await fence.admit(client);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    if (error instanceof UnfitServer) throw new NoConnection(error); // the start waits for the new primary
    throw new UnusableDatabase(
      `The database cannot be reached to migrate it: ${describeConnectionError(error, url)}.`,
      {
        cause: error,
      },
    );
  }
}

interface Context extends Required<Pick<MigrateOptions, 'behindPooler' | 'log' | 'migrations'>> {
  readonly schema: string;
  readonly lock: LockWait;
}

interface LockWait {
  isAnnounced: boolean;
  readonly log: Logger;
}

async function apply(client: pg.Client, migration: Migration, context: Context): Promise<void> {
  const { behindPooler, log, migrations, schema, lock } = context;
  const run = async () => {
    const applied = (await readJournal(client)) ?? [];
    refuseNewer(applied, migrations); // a newer node may have held the lock since the journal was read first
    if (has(applied, migration)) return; // another node was faster
    const startedAt = performance.now();
    log.info({ event: 'migration_started', migration: migration.name }, 'migrating the database');
    for (const statement of migration.statements) await client.query(inSchema(statement, schema));
    await recordApplied(client, schema, migration);
    const ms = Math.round(performance.now() - startedAt);
    log.info({ event: 'migration_applied', migration: migration.name, ms }, 'the database was migrated');
  };
  const runInSchema = async (isLocal: boolean) => {
    await client.query("select set_config('search_path', $1, $2)", [
      `${pg.escapeIdentifier(schema)}, pg_temp`,
      isLocal,
    ]);
    await run();
  };
  if (migration.inTransaction) return await inLockedTransaction(client, lock, () => runInSchema(true));
  if (behindPooler) {
    throw new UnusableDatabase(
      'it runs outside a transaction, which needs a direct connection. Run `scrip migrate` once with a DATABASE_URL that leads to PostgreSQL itself, and without DATABASE_POOLER',
    );
  }
  return await inLockedSession(client, lock, () => runInSchema(false));
}

/**
 * drizzle-kit writes "public" for the schema of our tables; a function that fixes its search path names it as well.
 */
function inSchema(statement: string, schema: string): string {
  if (schema === 'public') return statement;
  const quoted = pg.escapeIdentifier(schema);
  return statement
    .replaceAll('"public".', () => `${quoted}.`)
    .replaceAll(/^(\s*SET search_path = )public\b/gim, (_, set: string) => `${set}${quoted}`);
}

async function inLockedTransaction(client: pg.Client, lock: LockWait, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await client.query('begin');
    try {
      await liftLimits(client, true);
      if (await tryLock(client, 'pg_try_advisory_xact_lock')) {
        await work();
        await client.query('commit');
        return;
      }
    } catch (error) {
      await client.query('rollback').catch(() => {}); // the connection may have broken
      throw error;
    }
    await client.query('rollback');
    await pause(lock);
  }
}

async function inLockedSession(client: pg.Client, lock: LockWait, work: () => Promise<void>): Promise<void> {
  await liftLimits(client, false);
  while (!(await tryLock(client, 'pg_try_advisory_lock'))) await pause(lock);
  try {
    await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {}); // else the session's end does
  }
}

async function pause(lock: LockWait): Promise<void> {
  if (!lock.isAnnounced) {
    lock.log.info({ event: 'migration_waiting' }, 'waiting while another node migrates the database');
  }
  lock.isAnnounced = true;
  await delay(POLL_MS);
}

/** Takes the lock if it is free. Returns whether it was. */
async function tryLock(
  client: pg.Client,
  statement: 'pg_try_advisory_lock' | 'pg_try_advisory_xact_lock',
): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`select ${statement}($1) as locked`, [MIGRATION_LOCK]);
  return rows[0]?.locked === true;
}

/** The role, the database or the URL may set some of them. `transaction_timeout` came with PostgreSQL 17. */
async function liftLimits(client: pg.Client, isLocal: boolean): Promise<void> {
  await client.query(
    `select set_config(name, '0', $1) from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout',
                     'idle_in_transaction_session_timeout', 'idle_session_timeout')`,
    [isLocal],
  );
}

function refuseFailed(what: string, error: unknown): never {
  if (error instanceof UnusableDatabase) {
    throw new UnusableDatabase(`${what}: ${error.message.replace(/\.$/, '')}.`, { cause: error });
  }
  const failure = databaseFailure(error);
  if (failure === undefined) throw error;
  const reason = failure.cause.message;
  if (failure.kind !== 'refused') {
    throw new UnusableDatabase(`${what} was interrupted: ${reason}. The next start continues it.`, { cause: error });
  }
  const remedy = failure.sqlState === '42501' ? ' Run `scrip migrate` as the role that owns the tables.' : '';
  throw new UnusableDatabase(`${what} could not be applied: ${reason.replace(/\.$/, '')}.${remedy}`, { cause: error });
}
