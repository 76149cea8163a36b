/** Refuses to grant anything to a role that serving with would not restrain. */
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Database } from './connect.js';
import { ON_TABLES } from './privileges.js';
import { UnusableDatabase } from './unusable-database.js';

/** What lets a role change the schema whatever it is granted. A member has a role's rights, or can take them by SET ROLE. */
interface Unfit extends Record<string, unknown> {
  readonly isSuperuser: boolean;
  readonly isOwner: boolean;
  /** The superusers that the role is a member of. */
  readonly superusers: readonly string[];
  /** The owners that the role is a member of. */
  readonly owners: readonly string[];
  /** The predefined roles that act as the user of the server's system, and that the role is a member of. */
  readonly systemRoles: readonly string[];
  /** CREATEROLE before PostgreSQL 16, where it may grant itself every role that is no superuser. */
  readonly takesRoles: boolean;
}

/** @throws UnusableDatabase for a role that does not exist, or can change the schema whatever it is granted. */
export async function refuseUnfitRole(database: Database, role: string): Promise<void> {
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
         and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')),
    memberships (role, oid, name, "isSuperuser") as (
      select m.oid, o.oid, o.rolname, o.rolsuper
        from pg_roles m join pg_roles o on o.oid <> m.oid and pg_has_role(m.oid, o.oid, 'member')
       where m.rolname = ${role}::text)
    select rolsuper as "isSuperuser", exists (select from owners where owners.role = r.oid) as "isOwner",
           array(select quote_ident(name) from memberships where "isSuperuser" order by 1) as superusers,
           array(select quote_ident(name) from memberships where oid in (select role from owners) order by 1) as owners,
           array(select quote_ident(name) from memberships
                  where name in ('pg_execute_server_program', 'pg_write_server_files') order by 1) as "systemRoles",
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

const TABLES = sql.param(Object.keys(ON_TABLES));

function describeUnfit(unfit: Unfit): string | undefined {
  const { isSuperuser, isOwner, superusers, owners, systemRoles, takesRoles } = unfit;
  if (isSuperuser) return 'is a superuser';
  if (isOwner) return 'owns the tables, their schema or its functions';
  if (superusers.length > 0) return `is a member of ${superusers.join(' and ')}, which is a superuser`;
  if (owners.length > 0) {
    return `is a member of ${owners.join(' and ')}, which owns the tables, their schema or its functions`;
  }
  if (systemRoles.length > 0) {
    return `is a member of ${systemRoles.join(' and ')}, with which it can run programs or write files as the user of the database server`;
  }
  return takesRoles ? 'has CREATEROLE, with which it can grant itself every role before PostgreSQL 16' : undefined;
}
