/** Compares the migrations that a database has with those of this version. It changes nothing. */
import { codeVersion } from '../version.js';
import { addressOf } from './address.js';
import type { PooledDatabase } from './connect.js';
import { describeConnectionError } from './connection-error.js';
import { databaseFailure } from './failure.js';
import { type Applied, hasTables, readJournal } from './journal.js';
import { isOlder, type Migration, readMigrations } from './migrations.js';
import { UnusableDatabase } from './unusable-database.js';

export interface CheckOptions {
  readonly database: PooledDatabase;
  /** Where the database is, for messages, which show no user and no password. */
  readonly url: string;
}

/**
 * Refuses a database that this version cannot work with as it is, for a command that does not migrate.
 *
 * @param options.allowsPending accepts a database that lacks migrations, but not one without tables.
 * @throws UnusableDatabase saying what to do.
 */
export async function requireMigrated({
  allowsPending,
  ...options
}: CheckOptions & { readonly allowsPending: boolean }): Promise<void> {
  const migrations = readMigrations();
  const applied = await readApplied(options);
  if (applied.length === 0 && !(await hasTables(options.database.$client))) {
    throw noDatabase(`${addressOf(options.url)}${new URL(options.url).pathname}`);
  }
  refuseNewer(applied, migrations);
  if (!allowsPending && !hasAll(applied, migrations)) {
    throw new UnusableDatabase('The database has migrations pending. Run `scrip migrate`.');
  }
}

/** @param where a folder, or a host, a port and a name. */
export function noDatabase(where: string): UnusableDatabase {
  return new UnusableDatabase(
    `There is no database in ${where}. Make one with \`scrip serve\` or \`scrip migrate\`, or name another by SCRIP_HOME or DATABASE_URL.`,
  );
}

/** Whether the database has every migration. */
export async function isMigrated({ $client }: PooledDatabase, migrations: readonly Migration[]): Promise<boolean> {
  return hasAll((await readJournal($client)) ?? [], migrations);
}

/**
 * The migrations that a database has; none where it has no journal.
 *
 * @throws UnusableDatabase when the role may not read the journal.
 */
export async function readApplied({ database: { $client }, url }: CheckOptions): Promise<readonly Applied[]> {
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

export function has(applied: readonly Applied[], { name }: Migration): boolean {
  return applied.some((row) => row.name === name);
}

function hasAll(applied: readonly Applied[], migrations: readonly Migration[]): boolean {
  return migrations.every((migration) => has(applied, migration));
}

/**
 * A newer version may have added migrations; they say which code can still run.
 *
 * @throws UnusableDatabase when this version cannot.
 */
export function refuseNewer(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const unknown = applied.filter(({ name }) => migrations.every((migration) => migration.name !== name));
  const barrier = unknown.find(({ oldestCode }) => isOlder(codeVersion, oldestCode));
  if (barrier !== undefined) {
    throw new UnusableDatabase(
      `The database was made by a newer version of Scrip: ${barrier.name} needs version ${barrier.oldestCode} or newer, and this is ${codeVersion}. Run a newer version.`,
    );
  }
}
