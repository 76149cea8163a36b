/**
 * The indexes of searches, which are the files of `drizzle/indexes`. They need the extension `pg_trgm`. A server may lack
 * it, or the role may not create it, so they are no migration: each start builds what is missing if it can, and otherwise
 * warns. Without them a search reads every name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { root } from '../root.js';
import { databaseFailure } from './failure.js';
import type { Queryable } from './journal.js';
import { connectToMigrate, type MigrateOptions } from './migrate.js';
import { MigrationLock } from './migration-lock.js';

/** An index, by the name of its file. */
interface TrigramIndex {
  readonly name: string;
  readonly statement: string;
}

/**
 * Builds the indexes that are missing, while others read and write. Where all are there, this is one look-up in the
 * catalogue. Logs a warning where it cannot be done.
 */
export async function ensureTrigramIndexes(options: Omit<MigrateOptions, 'migrations'>): Promise<void> {
  const { database, behindPooler, log } = options;
  const indexes = readIndexes();
  if (await areThere(database.$client, indexes)) return;
  const remedy = findRemedy(await readState(database.$client), behindPooler) ?? (await build(indexes, options));
  if (remedy === undefined) return;
  log.warn({ event: 'search_not_indexed' }, `searches read every name, as their indexes are missing: ${remedy}`);
}

function readIndexes(): readonly TrigramIndex[] {
  const folder = new URL('drizzle/indexes/', root);
  return readdirSync(folder).map((file) => ({
    name: file.replace(/\.sql$/, ''),
    statement: readFileSync(new URL(file, folder), 'utf8'),
  }));
}

/** Whether all of them are there; one whose build was interrupted is not. */
async function areThere(client: Queryable, indexes: readonly TrigramIndex[]): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count from unnest($1::text[]) name
       join pg_index i on i.indexrelid = to_regclass(name) where i.indisvalid`,
    [indexes.map(({ name }) => name)],
  );
  return rows[0]?.count === indexes.length;
}

/** What the role finds, and what it may do. */
interface State {
  readonly hasExtension: boolean;
  readonly isInstalled: boolean;
  readonly mayCreateExtension: boolean;
  readonly ownsTables: boolean;
  readonly database: string;
}

async function readState(client: Queryable): Promise<State | undefined> {
  const { rows } = await client.query<State>(`
    select exists (select from pg_extension where extname = 'pg_trgm') as "hasExtension",
           exists (select from pg_available_extensions where name = 'pg_trgm') as "isInstalled",
           r.rolsuper or (has_database_privilege(current_database(), 'create')
             and exists (select from pg_available_extension_versions where name = 'pg_trgm' and trusted))
             as "mayCreateExtension",
           pg_has_role((select relowner from pg_class where oid = to_regclass('users')), 'usage') as "ownsTables",
           quote_ident(current_database()) as database
      from pg_roles r where r.rolname = current_user`);
  return rows[0];
}

/** What an administrator has to do; undefined: this role can build the indexes. */
function findRemedy(state: State | undefined, behindPooler: boolean): string | undefined {
  if (state === undefined) throw new Error('The look-up of the extensions returned no row.');
  const { hasExtension, isInstalled, mayCreateExtension, ownsTables, database } = state;
  if (!hasExtension && !isInstalled) {
    return 'install the extension pg_trgm on the server of the database (Debian has it in postgresql, others in postgresql-contrib), then run `scrip migrate`';
  }
  if (!hasExtension && !mayCreateExtension) {
    return `run CREATE EXTENSION pg_trgm in the database ${database} as its owner, then run \`scrip migrate\``;
  }
  if (!ownsTables) return 'run `scrip migrate` as the role that owns the tables';
  if (!behindPooler) return undefined;
  return 'run `scrip migrate` with a DATABASE_URL that leads to PostgreSQL itself, and without DATABASE_POOLER';
}

/** @returns what is to be done where the database refused it, or the connection was lost. */
async function build(
  indexes: readonly TrigramIndex[],
  options: Omit<MigrateOptions, 'migrations'>,
): Promise<string | undefined> {
  const { log } = options;
  const client = await connectToMigrate(options);
  try {
    await new MigrationLock(client, log).inSession(async () => {
      if (await areThere(client, indexes)) return; // another node was faster
      const startedAt = performance.now();
      log.info({ event: 'search_indexing' }, 'building the indexes of searches');
      await createExtension(client);
      for (const { name, statement } of indexes) {
        if (await areThere(client, [{ name, statement }])) continue;
        await client.query(`drop index concurrently if exists ${pg.escapeIdentifier(name)}`);
        await client.query(statement);
      }
      log.info(
        { event: 'search_indexed', ms: Math.round(performance.now() - startedAt) },
        'searches have their indexes',
      );
    });
    return undefined;
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure === undefined) throw error;
    return `${failure.cause.message}. Remove the cause, then run \`scrip migrate\``;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Creates it in the schema of the tables, unless it is there, and leads the search path to it. */
async function createExtension(client: pg.Client): Promise<void> {
  await client.query(`
    select set_config('search_path', quote_ident(n.nspname) || ', pg_temp', false)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('users')`);
  await client.query('create extension if not exists pg_trgm');
  await client.query(`
    select set_config('search_path', concat_ws(', ', quote_ident(current_schema()), quote_ident(n.nspname), 'pg_temp'), false)
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`);
}
