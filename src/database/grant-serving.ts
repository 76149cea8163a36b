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
import { refuseUnfitRole } from './refuse-unfit-role.js';
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
  await refuseUnfitRole(database, role);
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

async function findWarnings(
  database: Database,
  { role, requireSyncStandby }: GrantOptions,
): Promise<readonly string[]> {
  const excess = await findExcess(database, role);
  const { rows } = await database.execute<{
    schema: string;
    attributes: string[];
    memberships: string[];
    leadsThere: boolean;
    seesStandbys: boolean;
  }>(sql`
    select quote_ident(n.nspname) as schema,
           array_remove(array[case when r.rolcreaterole then 'CREATEROLE' end,
                              case when r.rolcreatedb then 'CREATEDB' end,
                              case when r.rolbypassrls then 'BYPASSRLS' end,
                              case when r.rolreplication then 'REPLICATION' end], null) as attributes,
           array(select quote_ident(o.rolname) from pg_roles o
                  where o.oid <> r.oid and pg_has_role(r.oid, o.oid, 'member')
                    and not (${requireSyncStandby} and o.rolname = 'pg_read_all_stats') order by 1) as memberships,
           n.nspname = 'public' or exists (
             select from pg_db_role_setting s, unnest(s.setconfig) setting
              where s.setrole in (0, r.oid) and s.setdatabase in (0, d.oid) and setting like 'search_path=%') as "leadsThere",
           pg_has_role(r.oid, 'pg_read_all_stats', 'usage') as "seesStandbys"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r, pg_database d
     where c.oid = to_regclass('scrip_migrations') and r.rolname = ${role}::text and d.datname = current_database()`);
  const name = pg.escapeIdentifier(role);
  const { attributes = [], memberships = [] } = rows[0] ?? {};
  return [
    attributes.length > 0 &&
      `The role ${name} has ${attributes.join(' and ')}, which serving does not need: run ALTER ROLE ${name} ${attributes.map((attribute) => `NO${attribute}`).join(' ')} unless something else needs it.`,
    excess.length > 0 &&
      `The role ${name} has more than serving needs: ${excess.join('; ')}. Revoke it unless something else needs it.`,
    memberships.length > 0 &&
      `The role ${name} is a member of ${memberships.join(', ')}, directly or through another role, and may use the privileges of these roles, also by SET ROLE. Revoke the memberships unless something else needs them, then run this command again.`,
    rows[0]?.leadsThere === false &&
      `The tables are in the schema ${rows[0].schema}: run ALTER ROLE ${name} SET search_path = ${rows[0].schema}.`,
    requireSyncStandby &&
      rows[0]?.seesStandbys === false &&
      `REQUIRE_SYNC_STANDBY=on also needs what this command does not grant: GRANT pg_read_all_stats TO ${name}.`,
  ].filter((warning) => warning !== false);
}

/**
 * What a role may do to the database, the schema, its tables and the server's parameters beyond what serving needs, such
 * as `UPDATE ON TABLE public.entries`, from whichever grant it has it. What it may only do after SET ROLE is left out.
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
             unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
                    || case when current_setting('server_version_num')::int >= 170000 then array['MAINTAIN'] end)
               with ordinality p (privilege, position)
       where not privileges ? privilege
         and case when privilege in ('INSERT', 'UPDATE', 'REFERENCES')
               then has_any_column_privilege(${role}::text::name, c.oid, privilege)
               else has_table_privilege(${role}::text::name, c.oid, privilege) end
       group by n.nspname, c.relname
       union all
      select string_agg(privilege, ', ' order by privilege desc), 'PARAMETER', parname
        from pg_parameter_acl, unnest(array['SET', 'ALTER SYSTEM']) privilege
       where has_parameter_privilege(${role}::text::name, parname, privilege)
       group by parname)
    select format('%s ON %s %s', privileges, kind, string_agg(object, ', ' order by object)) as excess
      from excess group by privileges, kind order by kind, privileges`);
  return rows.map(({ excess }) => excess);
}
