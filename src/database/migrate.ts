/**
 * Brings a database to this version of the code, however long that takes.
 *
 * Of several nodes that start at once one migrates and the others wait. Each migration is a transaction that holds the
 * advisory lock, reads the journal again, and adds itself to it; so a lock and its migration end together, also behind a
 * pooler in transaction mode, which cannot keep a lock of a session. A migration outside a transaction holds a lock of
 * the session, which needs a direct connection. In a database without users it is a transaction like the others.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import { has, readApplied, refuseNewer } from './check-migrations.js';
import { type ReadPassword, setPasswordReader } from './client.js';
import type { PooledDatabase } from './connect.js';
import { describeConnectionError } from './connection-error.js';
import { databaseFailure, NoConnection } from './failure.js';
import { type Fence, UnfitServer } from './fence.js';
import { ensureJournal, readJournal, recordApplied } from './journal.js';
import { MigrationLock } from './migration-lock.js';
import { type Migration, readMigrations } from './migrations.js';
import { UnusableDatabase } from './unusable-database.js';

export interface MigrateOptions {
  /** What is applied already is read over it. */
  readonly database: PooledDatabase;
  /** Where the connection goes that migrates; it is made only when something is to be done. */
  readonly url: string;
  readonly readPassword?: ReadPassword | undefined;
  readonly behindPooler: boolean;
  /** Examines the connection that migrates. */
  readonly fence: Fence;
  readonly log: Logger;
  /** Those of this version unless given. */
  readonly migrations?: readonly Migration[];
}

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
  const client = await connectToMigrate(options);
  try {
    let schema = '';
    const lock = new MigrationLock(client, options.log);
    await lock
      .inTransaction(async () => {
        schema = await ensureJournal(client, migrations);
      })
      .catch((error: unknown) => refuseFailed('The migration journal', error));
    for (const migration of pending) {
      await apply(client, migration, { ...options, migrations, schema, lock }).catch((error: unknown) =>
        refuseFailed(`Migration ${migration.name}`, error),
      );
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection that no timeout of ours ends: neither the client's nor, once a lock is held, the server's. */
export async function connectToMigrate({
  url,
  readPassword,
  behindPooler,
  fence,
}: Pick<MigrateOptions, 'url' | 'readPassword' | 'behindPooler' | 'fence'>): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // for hours without a byte through a firewall
    ...(behindPooler ? {} : { application_name: 'scrip-migrate' }),
  });
  setPasswordReader(client, readPassword);
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
  readonly lock: MigrationLock;
}

async function apply(client: pg.Client, migration: Migration, context: Context): Promise<void> {
  const { behindPooler, log, migrations, schema, lock } = context;
  const run = async (read: (statement: string) => string) => {
    const applied = (await readJournal(client)) ?? [];
    refuseNewer(applied, migrations); // a newer node may have held the lock since the journal was read first
    if (has(applied, migration)) return; // another node was faster
    const startedAt = performance.now();
    log.info({ event: 'migration_started', migration: migration.name }, 'migrating the database');
    for (const statement of migration.statements) await client.query(inSchema(read(statement), schema));
    await recordApplied(client, schema, migration);
    const ms = Math.round(performance.now() - startedAt);
    log.info({ event: 'migration_applied', migration: migration.name, ms }, 'the database was migrated');
  };
  const runInSchema = async (isLocal: boolean, read = (statement: string) => statement) => {
    await client.query("select set_config('search_path', $1, $2)", [
      `${pg.escapeIdentifier(schema)}, pg_temp`,
      isLocal,
    ]);
    await run(read);
  };
  if (migration.inTransaction) return await lock.inTransaction(() => runInSchema(true));
  if (await isUnused(client, schema)) return await lock.inTransaction(() => runInSchema(true, withoutConcurrently));
  if (behindPooler) {
    throw new UnusableDatabase(
      'it runs outside a transaction, which needs a direct connection. Run `scrip migrate` once with a DATABASE_URL that leads to PostgreSQL itself, and without DATABASE_POOLER',
    );
  }
  return await lock.inSession(() => runInSchema(false));
}

/** Whether there are tables and no user, so that they are not in use yet, and nothing in them takes long. */
async function isUnused(client: pg.Client, schema: string): Promise<boolean> {
  const users = `${pg.escapeIdentifier(schema)}.users`;
  const { rowCount } = await client.query('select where to_regclass($1) is not null', [users]);
  return rowCount === 1 && (await client.query(`select from ${users} limit 1`)).rowCount === 0;
}

/** The statement, if it is of an index, as one that a transaction can have. */
function withoutConcurrently(statement: string): string {
  return statement.replaceAll(/(?<=^\s*(?:CREATE|DROP)( UNIQUE)? INDEX )CONCURRENTLY /gim, '');
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
