import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';
import { migrate } from '../../src/database/migrate.js';
import { type Migration, readMigrations } from '../../src/database/migrations.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';

/** Nothing listens there. */
export const NOWHERE = 'postgres://127.0.0.1:1/nowhere';

/** The migrations of this version. */
export const ours = readMigrations();

/** A database without a table; gone when the test ends. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  await database.query('drop schema public cascade; create schema public');
  onTestFinished(() => database.drop());
  return database;
}

const LIMITS = { connectMs: 4_000, statementMs: 8_000, resultMs: 9_000 };

/** A pool as the server has one; closed when the test ends. */
export function open(url: string, timeouts = LIMITS, behindPooler = false): Connection {
  const connection = openPool(url, { behindPooler, timeouts });
  onTestFinished(() => connection.close());
  return connection;
}

interface BringUpOptions {
  readonly migrations?: readonly Migration[];
  readonly behindPooler?: boolean;
  /** Where a connection that migrates is made to. */
  readonly migratesAt?: string;
  readonly timeouts?: typeof LIMITS;
}

/** Migrates as a start does, by default to this version. */
export async function bringUp(url: string, options: BringUpOptions = {}): Promise<void> {
  const { migrations = ours, behindPooler = false, migratesAt = url, timeouts } = options;
  const { database } = open(url, timeouts, behindPooler);
  await migrate({
    database,
    url: migratesAt,
    behindPooler,
    fence: createFence(),
    log: pino({ level: 'silent' }),
    migrations,
  });
}

/** The names of the migrations that a database has. */
export async function journal(database: TestDatabase, table = 'scrip_migrations'): Promise<unknown[]> {
  const rows = await database.query(`select name from ${table} order by name`);
  return rows.map(({ name }) => name);
}

/** The migrations of release 0.1.0 alone, in a folder of their own. */
export async function firstRelease(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'scrip-migrations-'));
  onTestFinished(() => rm(copy, { recursive: true }));
  await cp(fileURLToPath(new URL('../../drizzle/migrations/', import.meta.url)), copy, { recursive: true });
  const file = join(copy, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...rest, entries: entries.slice(0, 8) }));
  return copy;
}
