import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { root } from '../root.js';
import type { Database } from './connect.js';

/** The database cannot be used as it is. The message says why, and what to do. */
export class UnusableDatabase extends Error {}

const migrationsFolder = fileURLToPath(new URL('drizzle/migrations', root));

/** Any number will do, if it is always the same: 'scrip' in ASCII. */
const MIGRATION_LOCK = 0x7363726970;

/**
 * Brings the database to this version of the code. Of several nodes that start at once, one migrates and the others
 * wait: a lock held by a transaction of its own, which a pooler in transaction mode can carry.
 *
 * @throws UnusableDatabase when the database was migrated by newer code.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (lock) => {
    await lock.execute(sql`set local lock_timeout = 0`);
    await lock.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await refuseNewer(database);
    await applyMigrations(database, { migrationsFolder });
  });
}

async function refuseNewer(database: Database): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0;
  const journal = await database.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  );
  if (journal.rows[0]?.exists !== true) return;
  const newest = await database.execute<{ created_at: string | null }>(
    sql`select max(created_at) as created_at from drizzle.__drizzle_migrations`,
  );
  if (Number(newest.rows[0]?.created_at ?? 0) > known) {
    throw new UnusableDatabase('The database was made by a newer version of Scrip. Run that version, or a newer one.');
  }
}

/**
 * Refuses a database that could lose what was answered.
 *
 * @throws UnusableDatabase naming every such setting.
 */
export async function refuseUnsafeSettings(database: Database): Promise<void> {
  const { rows } = await database.execute<
    Record<'fsync' | 'full_page_writes' | 'synchronous_commit', string> & { standby: boolean }
  >(sql`
    select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
           current_setting('synchronous_commit') as synchronous_commit, pg_is_in_recovery() as standby`);
  const [settings] = rows;
  const faults = [
    settings?.fsync === 'off' && 'fsync is off, so that a crash can lose what was answered',
    settings?.full_page_writes === 'off' && 'full_page_writes is off, so that a crash can tear pages',
    settings?.synchronous_commit === 'off' && 'synchronous_commit is off, so that a crash can lose what was answered',
    settings?.standby === true && 'it is a standby, which cannot be written to',
  ].filter((fault) => fault !== false);
  if (faults.length > 0)
    throw new UnusableDatabase(`The database is not safe to keep points in: ${faults.join('; ')}.`);
}
