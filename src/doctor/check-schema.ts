import { and, eq, isNull, sql } from 'drizzle-orm';
import { has, readApplied, refuseNewer } from '../database/check-migrations.js';
import { hasTables } from '../database/journal.js';
import { readMigrations } from '../database/migrations.js';
import { describeMissingGrants, findMissingGrants } from '../database/privileges.js';
import { users } from '../users/table.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

/** Whether the role may do what serving needs. */
export async function checkPrivileges({ database }: Subject): Promise<Finding> {
  const missing = describeMissingGrants(await findMissingGrants(database));
  if (missing !== undefined) return fault(sentence(missing));
  const { rows } = await database.execute<{ role: string; isOwner: boolean }>(sql`
    select quote_ident(current_user) as role, coalesce(pg_has_role(c.relowner, 'member'), false) as "isOwner"
      from (select) one left join pg_class c on c.oid = to_regclass('entries')`);
  const role = rows[0]?.role;
  return rows[0]?.isOwner
    ? ok(
        `The role ${role} owns the tables, and could change them: \`scrip migrate --grant-to ROLE\` lets another one serve.`,
      )
    : ok(`The role ${role} has every privilege that serving needs.`);
}

/** Compares the migrations of the database with those of this version. */
export async function checkMigrations({ database, url }: Subject): Promise<Finding> {
  const migrations = readMigrations();
  const applied = await readApplied({ database, url });
  if (applied.length === 0 && !(await hasTables(database.$client))) {
    return warning('The database is empty: `scrip migrate`, or the first start, makes the tables.');
  }
  refuseNewer(applied, migrations);
  const pending = migrations.filter((migration) => !has(applied, migration));
  if (pending.length > 0) {
    return warning(
      `${pending.length} of ${migrations.length} migrations are pending: run \`scrip migrate\`, as the owner of the tables, or let the next start do it.`,
    );
  }
  const newer = applied.length - migrations.length;
  return newer > 0
    ? ok(
        `All ${migrations.length} migrations are applied, and ${newer} of a newer version, with which this one can run.`,
      )
    : ok(`All ${migrations.length} migrations are applied.`);
}

/** Whether there is an administrator. */
export async function checkAdministrator({ database }: Subject): Promise<Finding> {
  if (!(await hasTables(database.$client))) return ok('The first start creates the administrator.');
  const [first] = await database
    .select({ username: users.username })
    .from(users)
    .where(and(eq(users.role, sql`'ADMIN'`), isNull(users.deletedAt)))
    .limit(1);
  if (first !== undefined) return ok('There is an administrator.');
  return warning(
    'There is no administrator: run `scrip user create NAME --admin --password-stdin`; the first start on an empty database creates one.',
  );
}
