import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { parseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/open-database.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { hashes, type Ledger, NARROW_SCOPES, type Secrets, WIDE_SCOPES } from './data.js';
import type { Contender } from './line-up.js';
import { parentOf } from './processor.js';
import { PLAIN_ENTRIES, PLAIN_LEDGER_STATE, PLAIN_ROWS } from './rows-plain.js';
import { LIMIT_TOKENS, SCRIP_ENTRIES, SCRIP_LEDGER_STATE, SCRIP_ROWS } from './rows-scrip.js';

/** A PostgreSQL of our own, as it comes: commits wait for the disk. */
export interface Cluster {
  readonly home: string;
  readonly version: string;
  /** Makes a database with everything in it; for another build of Scrip, with that build's tables. */
  create(tables: Contender['tables'], name: string, size: Size, build?: TablesOfBuild): Promise<BenchDatabase>;
  /** Stops PostgreSQL; the home stays, so that it can be started again. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** SQL that fills the tables of Scrip. */
export type Rows = typeof SCRIP_ROWS;

export interface TablesOfBuild {
  readonly rows: Rows;
  migrate(url: string): void;
}

export interface Size {
  readonly secrets: Secrets;
  readonly ledger: Ledger;
  /** Tokens that no client of a run uses. */
  readonly otherTokens: number;
}

/** The database of a contender. */
export interface BenchDatabase {
  readonly url: string;
  /** The process that started its backends. */
  readonly postmaster: number;
  ledgerState(): Promise<LedgerState>;
  /** How many entries there are. */
  entries(): Promise<number>;
}

/** What is in a ledger. */
export interface LedgerState {
  readonly entries: number;
  /** The points of the user whom the operations on one user change. */
  readonly hot: number;
  /** Whether every balance is the sum of its entries. */
  readonly isExact: boolean;
}

export async function openCluster(): Promise<Cluster> {
  const home = await mkdtemp(join(tmpdir(), 'scrip-bench-'));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
  const postgres = await openEmbeddedPostgres({ home, log: () => {} });
  const url = (name: string) => Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;
  const server = new pg.Client({ connectionString: url('postgres') });
  await server.connect();
  const {
    rows: [version],
  } = await server.query<{ server_version: string }>('show server_version');

  const {
    rows: [backend],
  } = await server.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = existsSync('/proc/self/stat') ? parentOf(backend?.pid ?? 0) : 0;

  const pools: pg.Pool[] = [];
  let stopping: Promise<void> | undefined;

  const create: Cluster['create'] = async (tables, name, size, build) => {
    // The first database of Scrip's is the one that its embedded PostgreSQL has anyway.
    if (name !== 'scrip') await server.query(`create database "${name}"`);
    const pool = new pg.Pool({ connectionString: url(name), max: 1 });
    pools.push(pool);
    if (tables === 'plain') await pool.query(await readFile(`${import.meta.dirname}/contenders/schema.sql`, 'utf8'));
    else if (build !== undefined) build.migrate(url(name));
    else await migrate(url(name));
    await fill(pool, tables === 'plain' ? PLAIN_ROWS : (build?.rows ?? SCRIP_ROWS), size);
    const [ledgerState, entries] =
      tables === 'plain' ? [PLAIN_LEDGER_STATE, PLAIN_ENTRIES] : [SCRIP_LEDGER_STATE, SCRIP_ENTRIES];
    return {
      url: url(name),
      postmaster,
      ledgerState: async () => (await pool.query<LedgerState & pg.QueryResultRow>(ledgerState)).rows[0] as LedgerState,
      entries: async () => (await pool.query(entries)).rows[0].count,
    };
  };
  return {
    home,
    version: version?.server_version.replace(/ .*/, '') ?? 'unknown',
    create,
    stop: () => {
      // An open connection would keep it running.
      stopping ??= Promise.all([server, ...pools].map((connection) => connection.end())).then(() => postgres.close());
      return stopping;
    },
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function migrate(url: string): Promise<void> {
  const source = { kind: 'url', url } as const;
  await (await openDatabase({ ...parseConfig({}).database, source, poolSize: 2 }, pino({ level: 'silent' }))).close();
}

async function fill(pool: pg.Pool, rows: Rows | typeof PLAIN_ROWS, size: Size): Promise<void> {
  await pool.query(rows.users(size.ledger));
  await pool.query(rows.posts);
  await pool.query(rows.entries(size.ledger));
  await pool.query(rows.tokens, [hashes(size.secrets.wide), WIDE_SCOPES]);
  await pool.query(rows.tokens, [hashes(size.secrets.limited), WIDE_SCOPES]);
  await pool.query(rows.tokens, [hashes(size.secrets.narrow), NARROW_SCOPES]);
  // Earlier builds, and peers, have no limits.
  const { rows: limits } = await pool.query(`select from pg_attribute where attname = 'max_added_per_day'`);
  if (limits.length > 0) await pool.query(LIMIT_TOKENS, [hashes(size.secrets.limited)]);
  if (size.otherTokens > 0) await pool.query(rows.otherTokens, [size.otherTokens, WIDE_SCOPES]);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
}
