import { sql } from 'drizzle-orm';
import { has, readApplied, refuseNewer } from '../database/check-migrations.js';
import type { PooledDatabase } from '../database/connect.js';
import { findSchemaToFill, hasTables } from '../database/journal.js';
import { readMigrations } from '../database/migrations.js';
import { describeMissingGrants, findMissingGrants } from '../database/privileges.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

/** Whether the role may do what serving needs. */
export async function checkPrivileges({ database }: Subject): Promise<Finding> {
  const missing = describeMissingGrants(await findMissingGrants(database));
  if (missing !== undefined) return fault(sentence(missing));
  if (!(await hasTables(database.$client))) return ok('There is no table yet that needs a privilege.');
  const { role, isOwner } = await readRole(database);
  return isOwner
    ? ok(
        `The role ${role} owns the tables, and could change them: \`scrip migrate --grant-to ROLE\` lets another one serve.`,
      )
    : ok(`The role ${role} has every privilege that serving needs.`);
}

/** The role of the session, quoted, and whether it has the rights of the owner of the tables. */
async function readRole(database: PooledDatabase): Promise<{ readonly role: string; readonly isOwner: boolean }> {
  const { rows } = await database.execute<{ role: string; isOwner: boolean }>(sql`
    select quote_ident(current_user) as role, coalesce(pg_has_role(c.relowner, 'usage'), false) as "isOwner"
      from (select) one left join pg_class c on c.oid = to_regclass('balances')`);
  const [role] = rows;
  if (role === undefined) throw new Error('The look-up of the role returned no row.');
  return role;
}

/** Compares the migrations of the database with those of this version. */
export async function checkMigrations({ database, url }: Subject): Promise<Finding> {
  const migrations = readMigrations();
  const applied = await readApplied({ database, url });
  if (applied.length === 0 && !(await hasTables(database.$client))) {
    await findSchemaToFill(database.$client, migrations);
    return warning('The database is empty: `scrip migrate`, or the first start, makes the tables.');
  }
  refuseNewer(applied, migrations);
  const pending = migrations.filter((migration) => !has(applied, migration));
  if (pending.length > 0) {
    const { role, isOwner } = await readRole(database);
    const told = `${pending.length} of ${migrations.length} migrations are pending`;
    return isOwner
      ? warning(`${told}: run \`scrip migrate\`, or let the next start do it.`)
      : fault(`${told}, and the role ${role} does not own the tables: run \`scrip migrate\` as their owner.`);
  }
  const newer = applied.length - migrations.length;
  return newer > 0
    ? ok(
        `All ${migrations.length} migrations are applied, and ${newer} of a newer version, with which this one can run.`,
      )
    : ok(`All ${migrations.length} migrations are applied.`);
}
