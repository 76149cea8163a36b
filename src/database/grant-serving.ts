/**
 * Grants a role what serving needs, and nothing more: such a role can neither change the schema nor rewrite the ledger. It
 * takes nothing away, and tells what the role may do beyond that.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { tryAdvisoryLock } from './advisory-lock.js';
import type { Database } from './connect.js';
import { databaseFailure } from './failure.js';
import { MIGRATION_LOCK } from './migration-lock.js';
import { findMissingGrants, ON_TABLES } from './privileges.js';
import { UnusableDatabase } from './unusable-database.js';

/** What was done for a role. */
export interface Granted {
  /** The GRANTs that were made, with the role; none where it had everything. */
  readonly grants: readonly string[];
  /** What an operator should know, one sentence each. */
  readonly warnings: readonly string[];
}

interface GrantOptions {
  /** The exact name of an existing role. */
  readonly role: string;
  /** Whether the role will have to see which standbys are connected, which is left to the operator. */
  readonly requireSyncStandby: boolean;
  /** How long to wait while another node migrates; a minute, unless given. */
  readonly waitMs?: number;
  /** Told once, that another node migrates and is waited for. */
  readonly onWait?: () => void;
}

const POLL_MS = 250;
const WAIT_MS = 60_000;

/**
 * Makes the missing GRANTs in one transaction, while no node migrates.
 *
 * @throws UnusableDatabase where the role does not exist, could change the schema whatever it is granted, where the
 *   session's role may not grant, or another node migrates for longer than `waitMs`. Nothing was granted then.
 */
export async function grantServing(database: Database, options: GrantOptions): Promise<Granted> {
  const { waitMs = WAIT_MS, onWait } = options;
  const deadline = performance.now() + waitMs;
  for (let attempt = 1; ; attempt += 1) {
    const granted = await database.transaction(async (transaction) =>
      (await tryAdvisoryLock(transaction, MIGRATION_LOCK)) ? await grant(transaction, options) : undefined,
    );
    if (granted !== undefined) return granted;
    if (performance.now() >= deadline) {
      throw new UnusableDatabase(
        `Another node has been migrating the database for ${waitMs / 1_000} s, and nothing was granted: run the command again when it has ended.`,
      );
    }
    if (attempt === 1) onWait?.();
    await delay(POLL_MS);
  }
}

async function grant(database: Database, options: GrantOptions): Promise<Granted> {
  const { role } = options;
  await refuseUnfit(database, role);
  const grants = (await findMissingGrants(database, role)).map((text) => `${text} TO ${pg.escapeIdentifier(role)}`);
  for (const statement of grants) {
    await database.execute(sql.raw(statement)).catch((error: unknown) => {
      const failure = databaseFailure(error);
      throw failure?.kind === 'refused' && failure.sqlState === MISSING_PRIVILEGE
        ? mayNotGrant(statement, failure.cause)
        : error;
    });
  }
  // A grantor without the right to grant gets a warning, no error, where it has the privilege itself.
  const [missing] = await findMissingGrants(database, role);
  if (missing !== undefined) throw mayNotGrant(`${missing} TO ${pg.escapeIdentifier(role)}`);
  return { grants, warnings: await findWarnings(database, options) };
}

const MISSING_PRIVILEGE = '42501';

function mayNotGrant(statement: string, cause?: Error): UnusableDatabase {
  return new UnusableDatabase(
    `The role of DATABASE_URL may not run ${statement}, and nothing was granted: run the command as the owner of the tables and of the database.`,
    { cause },
  );
}

/** What lets a role change the schema whatever it is granted. */
interface Unfit extends Record<string, unknown> {
  readonly isSuperuser: boolean;
  readonly isOwner: boolean;
  /** The owners that the role is a member of. */
  readonly owners: readonly string[];
  /** CREATEROLE before PostgreSQL 16, where it may grant itself every role that is no superuser. */
  readonly takesRoles: boolean;
}

/** @throws UnusableDatabase for a role that can change the schema whatever it is granted. */
async function refuseUnfit(database: Database, role: string): Promise<void> {
  const { rows } = await database.execute<Unfit>(sql`
    with owners (role) as (
      select nspowner from pg_namespace n join pg_class j on j.relnamespace = n.oid
       where j.oid = to_regclass('scrip_migrations')
       union
      select c.relowner from pg_class c join pg_class j on j.relnamespace = c.relnamespace
       where j.oid = to_regclass('scrip_migrations') and c.oid in (select to_regclass(name) from unnest(${TABLES}::text[]) name)
       union
      select f.proowner from pg_proc f join pg_class j on j.relnamespace = f.pronamespace
       where j.oid = to_regclass('scrip_migrations')
         and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e'))
    select rolsuper as "isSuperuser", exists (select from owners where owners.role = r.oid) as "isOwner",
           array(select quote_ident(o.rolname) from owners join pg_roles o on o.oid = owners.role
                  where pg_has_role(r.oid, o.oid, 'member') order by 1) as owners,
           current_setting('server_version_num')::int < 160000 and exists (
             select from pg_roles m where m.rolcreaterole and pg_has_role(r.oid, m.oid, 'member')) as "takesRoles"
      from pg_roles r where r.rolname = ${role}::text`);
  const [found] = rows;
  const name = pg.escapeIdentifier(role);
  if (found === undefined) {
    throw new UnusableDatabase(`There is no role ${name}. Create it first: CREATE ROLE ${name} LOGIN PASSWORD '…'.`);
  }
  const reason = describeUnfit(found);
  if (reason === undefined) return;
  throw new UnusableDatabase(
    `The role ${name} ${reason}, and can change the schema whatever it is granted. Nothing was granted: name another role.`,
  );
}

function describeUnfit({ isSuperuser, isOwner, owners, takesRoles }: Unfit): string | undefined {
  if (isSuperuser) return 'is a superuser';
  if (isOwner) return 'owns the tables, their schema or its functions';
  if (owners.length > 0) {
    return `is a member of ${owners.join(' and ')}, which owns the tables, their schema or its functions`;
  }
  return takesRoles ? 'has CREATEROLE, with which it can grant itself every role before PostgreSQL 16' : undefined;
}

const TABLES = sql.param(Object.keys(ON_TABLES));

async function findWarnings(
  database: Database,
  { role, requireSyncStandby }: GrantOptions,
): Promise<readonly string[]> {
  const excess = await findExcess(database, role);
  const { rows } = await database.execute<{
    schema: string;
    attributes: string[];
    leadsThere: boolean;
    seesStandbys: boolean;
  }>(sql`
    select quote_ident(n.nspname) as schema,
           array_remove(array[case when r.rolcreaterole then 'CREATEROLE' end,
                              case when r.rolreplication then 'REPLICATION' end], null) as attributes,
           n.nspname = 'public' or exists (
             select from pg_db_role_setting s, unnest(s.setconfig) setting
              where s.setrole in (0, r.oid) and s.setdatabase in (0, d.oid) and setting like 'search_path=%') as "leadsThere",
           pg_has_role(r.oid, 'pg_read_all_stats', 'usage') as "seesStandbys"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r, pg_database d
     where c.oid = to_regclass('scrip_migrations') and r.rolname = ${role}::text and d.datname = current_database()`);
  const name = pg.escapeIdentifier(role);
  const attributes = rows[0]?.attributes ?? [];
  return [
    attributes.length > 0 &&
      `The role ${name} has ${attributes.join(' and ')}, which serving does not need: run ALTER ROLE ${name} ${attributes.map((attribute) => `NO${attribute}`).join(' ')} unless something else needs it.`,
    excess.length > 0 &&
      `The role ${name} has more than serving needs: ${excess.join('; ')}. Revoke it unless something else needs it.`,
    rows[0]?.leadsThere === false &&
      `The tables are in the schema ${rows[0].schema}: run ALTER ROLE ${name} SET search_path = ${rows[0].schema}.`,
    requireSyncStandby &&
      rows[0]?.seesStandbys === false &&
      `REQUIRE_SYNC_STANDBY=on also needs what this command does not grant: GRANT pg_read_all_stats TO ${name}.`,
  ].filter((warning) => warning !== false);
}

/**
 * What a role may do to the database, the schema and its tables beyond what serving needs, such as `UPDATE ON TABLE
 * public.entries`, from whichever grant it has it.
 */
async function findExcess(database: Database, role: string): Promise<readonly string[]> {
  const { rows } = await database.execute<{ excess: string }>(sql`
    with excess (privileges, kind, object) as (
      select 'CREATE', 'DATABASE', quote_ident(current_database())
       where has_database_privilege(${role}::text::name, current_database(), 'CREATE')
       union all
      select 'CREATE', 'SCHEMA', quote_ident(n.nspname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.oid = to_regclass('scrip_migrations') and has_schema_privilege(${role}::text::name, n.oid, 'CREATE')
       union all
      select string_agg(privilege, ', ' order by position), 'TABLE', format('%I.%I', n.nspname, c.relname)
        from jsonb_each(${JSON.stringify(ON_TABLES)}::jsonb) needed (name, privileges)
        join pg_class c on c.oid = to_regclass(name) join pg_namespace n on n.oid = c.relnamespace,
             unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
               with ordinality p (privilege, position)
       where not privileges ? privilege
         and case when privilege in ('INSERT', 'UPDATE', 'REFERENCES')
               then has_any_column_privilege(${role}::text::name, c.oid, privilege)
               else has_table_privilege(${role}::text::name, c.oid, privilege) end
       group by n.nspname, c.relname)
    select format('%s ON %s %s', privileges, kind, string_agg(object, ', ' order by object)) as excess
      from excess group by privileges, kind order by kind, privileges`);
  return rows.map(({ excess }) => excess);
}
