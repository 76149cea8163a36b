/**
 * Which migrations a database has. They are rows of the table `scrip_migrations`, which lies in the schema of the other
 * tables: a role that owns one schema needs no other, two installations in one database do not meet, and a dump or a
 * grant of the schema covers it. Drizzle's own journal, `drizzle.__drizzle_migrations`, is shared by every Drizzle
 * application of a database.
 */
import pg from 'pg';
import type { Migration } from './migrations.js';
import { UnusableDatabase } from './unusable-database.js';

/** A migration that the database has. */
export interface Applied {
  readonly name: string;
  readonly oldestCode: string;
}

/** A connection or a pool. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** The journal's rows, or undefined where there is none. */
export async function readJournal(client: Queryable): Promise<readonly Applied[] | undefined> {
  const { rows } = await client.query<{ exists: boolean }>(
    "select to_regclass('scrip_migrations') is not null as exists",
  );
  if (rows[0]?.exists !== true) return undefined;
  const applied = await client.query<Applied>('select name, oldest_code as "oldestCode" from scrip_migrations');
  return applied.rows;
}

/** Whether there are tables of ours, with a journal or without: release 0.1.0 had none of its own. */
export async function hasTables(client: Queryable): Promise<boolean> {
  return (await schemaOf(client, 'scrip_migrations')) !== null || (await schemaOf(client, 'balances')) !== null;
}

/**
 * Makes the journal if there is none, with what release 0.1.0 recorded in Drizzle's. That one is left as it is: a node of
 * release 0.1.0 refuses a database with an entry newer than its own migrations, and may still have to restart.
 *
 * @returns the schema of the journal and of all tables: the one in which unqualified names find them, so that a schema
 *   that was put in front of the search path later does not hide a ledger.
 * @throws UnusableDatabase
 */
export async function ensureJournal(client: Queryable, migrations: readonly Migration[]): Promise<string> {
  const existing = await schemaOf(client, 'scrip_migrations');
  if (existing !== null) return existing;
  const { schema, found } = await findSchemaToFill(client, migrations);
  await client.query(`
    create table ${pg.escapeIdentifier(schema)}.scrip_migrations (
      name text primary key,
      oldest_code text not null,
      recorded_at timestamptz not null default now()
    )`);
  for (const migration of found) await recordApplied(client, schema, migration);
  return schema;
}

/**
 * The schema for the journal of a database that has none, and what release 0.1.0 recorded. It changes nothing.
 *
 * @throws UnusableDatabase where no table can be made, or where another installation is the one that was meant.
 */
export async function findSchemaToFill(
  client: Queryable,
  migrations: readonly Migration[],
): Promise<{ readonly schema: string; readonly found: readonly Migration[] }> {
  const found = await readFirstReleaseJournal(client, migrations);
  const schema = found.length > 0 ? await schemaOf(client, 'balances') : await currentSchema(client);
  if (schema === null) {
    throw new UnusableDatabase(
      'The search_path names no schema that exists. Create the schema, or change search_path.',
    );
  }
  if (found.length === 0) await refuseLostPath(client, schema);
  await refuseWithoutCreate(client, schema);
  return { schema, found };
}

/** Since PostgreSQL 15 only the owner of a database may make tables in its schema `public`. @throws UnusableDatabase */
async function refuseWithoutCreate(client: Queryable, schema: string): Promise<void> {
  const { rows } = await client.query<{ role: string; mayCreate: boolean }>(
    'select quote_ident(current_user) as role, has_schema_privilege($1, \'create\') as "mayCreate"',
    [schema],
  );
  if (rows[0]?.mayCreate === true) return;
  const name = pg.escapeIdentifier(schema);
  throw new UnusableDatabase(
    `The role ${rows[0]?.role} cannot make tables in the schema ${name}. As the owner of the schema, run GRANT CREATE ON SCHEMA ${name} TO ${rows[0]?.role}, or run \`scrip migrate\` as a role that can.`,
  );
}

/**
 * Refuses to make a second installation because a `search_path` was lost. One that is set, by the URL, the role or the
 * database, is taken at its word: it may name a schema for another installation. Where only the server's default says that
 * tables go into `schema`, an installation in another schema is the one that was meant.
 *
 * @throws UnusableDatabase naming that schema.
 */
async function refuseLostPath(client: Queryable, schema: string): Promise<void> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = 'scrip_migrations' and c.relkind = 'r' and n.nspname <> $1
        and exists (select from pg_settings where name = 'search_path' and source in ('default', 'configuration file'))
      order by 1 limit 1`,
    [schema],
  );
  if (rows[0] === undefined) return;
  const other = pg.escapeIdentifier(rows[0].schema);
  const path = other.replaceAll(/[\\\s]/g, '\\$&'); // the server splits options at white space
  throw new UnusableDatabase(
    `The schema ${other} of this database has an installation, and the search_path does not lead to it. To use it, run ALTER ROLE … SET search_path = ${other} for the role, or add ?options=-c%20search_path=${encodeURIComponent(path)} to DATABASE_URL; to make another one in ${pg.escapeIdentifier(schema)}, name that schema in the same way.`,
  );
}

/** Adds a migration to the journal. */
export async function recordApplied(client: Queryable, schema: string, { name, oldestCode }: Migration): Promise<void> {
  const journal = `${pg.escapeIdentifier(schema)}.scrip_migrations`;
  await client.query(`insert into ${journal} (name, oldest_code) values ($1, $2)`, [name, oldestCode]);
}

async function schemaOf(client: Queryable, table: string): Promise<string | null> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.oid = to_regclass($1)`,
    [table],
  );
  return rows[0]?.schema ?? null;
}

async function currentSchema(client: Queryable): Promise<string | null> {
  const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema');
  return rows[0]?.schema ?? null;
}

/**
 * Those of our migrations that Drizzle's journal has. Other applications write to it, too, and it may tell of an
 * installation in another schema: it counts only where our tables are, and of its rows only those that are ours, by the
 * hash, or by the moment where a checkout changed the line ends.
 */
async function readFirstReleaseJournal(
  client: Queryable,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  // By the catalogue: to_regclass fails for a schema without the right of use.
  const { rows } = await client.query<{ readable: boolean }>(`
    select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations' and to_regclass('balances') is not null`);
  const [journal] = rows;
  if (journal === undefined) return [];
  if (!journal.readable) {
    throw new UnusableDatabase(
      'The tables were made by release 0.1.0, whose journal drizzle.__drizzle_migrations this role cannot read. Run `scrip migrate` as the role that made them.',
    );
  }
  const recorded = await client.query<{ hash: string; when: string | null }>(
    'select hash, created_at as "when" from drizzle.__drizzle_migrations',
  );
  return migrations.filter(({ hash, when }) =>
    recorded.rows.some((row) => row.hash === hash || Number(row.when) === when),
  );
}
