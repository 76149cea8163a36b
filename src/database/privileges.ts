/** The privileges that serving needs, and the GRANTs for those that the role lacks. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './connect.js';
import { UnusableDatabase } from './unusable-database.js';

/** By the name of a table or view. A lock of rows, such as FOR SHARE, needs UPDATE. */
export const ON_TABLES = {
  answered_hold_keys: ['SELECT'],
  answered_keys: ['SELECT'],
  audit_events: ['SELECT', 'INSERT'],
  balances: ['SELECT', 'INSERT', 'UPDATE'],
  entries: ['SELECT', 'INSERT'],
  external_ids: ['SELECT', 'INSERT', 'DELETE'],
  former_usernames: ['SELECT', 'INSERT', 'DELETE'],
  holds: ['SELECT', 'INSERT', 'UPDATE'],
  posts: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  refusals: ['SELECT', 'INSERT'],
  resting_usernames: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  scrip_migrations: ['SELECT'],
  sessions: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  throttles: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  token_counters: ['SELECT', 'INSERT', 'UPDATE'],
  token_documents: ['SELECT', 'INSERT'],
  token_requests: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  token_usage: ['SELECT', 'INSERT', 'UPDATE'],
  token_user_counters: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  tokens: ['SELECT', 'INSERT', 'UPDATE'],
  users: ['SELECT', 'INSERT', 'UPDATE'],
  webhook_deliveries: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  webhook_keys: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  webhook_progress: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  webhooks: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
} as const;

/** Functions to execute, not those that only earlier releases call, nor those of triggers: PostgreSQL checks them when a trigger is created, not when it fires. */
const FUNCTIONS = [
  'apply_changes',
  'begin_hold',
  'bracket_of',
  'change_points',
  'count_change',
  'count_requests',
  'credential_state',
  'decide_change',
  'end_expired_holds',
  'end_hold',
  'entries_between',
  'exceeded_limit',
  'is_restricted',
  'last_entry_time',
  'leaders',
  'lock_credential',
  'lock_token_days',
  'mark_expired_holds',
  'restrictions_of',
  'sequence_before',
  'session_state',
  'stored_result',
  'terms_of',
  'token_terms',
  'username_at',
  'username_when',
  'with_limits',
  'write_changes',
  'write_token_days',
  'write_token_user_days',
];

/**
 * The GRANTs, each without the role, that give what is missing; empty: nothing is. Objects that do not exist are passed
 * over: migrations make them, and newer code may have dropped them.
 *
 * @param role the role that is to serve; its own session's, unless given.
 */
export async function findMissingGrants(database: Database, role?: string): Promise<readonly string[]> {
  const { rows } = await database.execute<{ grant: string }>(
    findMissing(role === undefined ? sql`current_user` : sql`${role}::text::name`),
  );
  return rows.map(({ grant }) => grant);
}

/** @returns undefined: no privilege is missing. In words for anyone: the role has no name in it. */
export function describeMissingGrants(grants: readonly string[]): string | undefined {
  if (grants.length === 0) return undefined;
  return `the role of DATABASE_URL lacks privileges: as the owner of the tables, run \`scrip migrate --grant-to ROLE\`, or ${grants.map((grant) => `${grant} TO …`).join('; ')}`;
}

/** @throws UnusableDatabase naming the GRANTs for what the role lacks. */
export async function refuseMissingPrivileges(database: Database): Promise<void> {
  const fault = describeMissingGrants(await findMissingGrants(database));
  if (fault !== undefined) throw new UnusableDatabase(`The database cannot be used: ${fault}.`);
}

/**
 * A schema without USAGE is taken out of the search path, so that nothing in it is found: it is looked for by the names in
 * the setting, of which the first that exists is ours. UPDATE of some columns suffices where only these are updated.
 */
function findMissing(role: SQL): SQL {
  return sql`
  with path (name, position) as (
    select case when part = '"$user"' then current_user::text
                when part like '"%' then replace(trim(both '"' from part), '""', '"') else lower(part) end, position
      from regexp_split_to_table(current_setting('search_path'), '\\s*,\\s*') with ordinality p (part, position)),
  ours (schema) as (
    select n.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'scrip_migrations' and c.relkind = 'r'
       and case when to_regclass('scrip_migrations') is not null then c.oid = to_regclass('scrip_migrations')
             else n.nspname = (select name from path join pg_namespace s on s.nspname = name order by position limit 1) end),
  missing (privileges, kind, object) as (
    select 'CONNECT', 'DATABASE', quote_ident(current_database())
     where not has_database_privilege(${role}, current_database(), 'CONNECT')
     union all
    select 'USAGE', 'SCHEMA', quote_ident(n.nspname)
      from ours join pg_namespace n on n.oid = ours.schema where not has_schema_privilege(${role}, n.oid, 'USAGE')
     union all
    select string_agg(privilege, ', ' order by position), 'TABLE', format('%I.%I', n.nspname, c.relname)
      from jsonb_each(${JSON.stringify(ON_TABLES)}::jsonb) needed (name, privileges)
      join pg_class c on c.oid = to_regclass(name) join pg_namespace n on n.oid = c.relnamespace,
           jsonb_array_elements_text(privileges) with ordinality p (privilege, position)
     where case privilege when 'UPDATE' then not has_any_column_privilege(${role}, c.oid, privilege)
             else not has_table_privilege(${role}, c.oid, privilege) end
     group by n.nspname, c.relname
     union all
    select 'EXECUTE', 'FUNCTION', format('%I.%I', n.nspname, f.proname)
      from pg_proc f join pg_namespace n on n.oid = f.pronamespace
      join pg_class c on c.relnamespace = n.oid and c.oid = to_regclass('scrip_migrations')
     where f.proname = any (${sql.param(FUNCTIONS)}::text[]) and not has_function_privilege(${role}, f.oid, 'EXECUTE'))
  select format('GRANT %s ON %s %s', privileges, kind, string_agg(object, ', ' order by object)) as grant
    from missing group by privileges, kind order by kind desc, privileges`;
}
