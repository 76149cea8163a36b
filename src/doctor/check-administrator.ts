import { and, eq, isNull, sql } from 'drizzle-orm';
import { FIRST_ADMIN, hasUsers } from '../accounts/create-first-admin.js';
import { findFirstPassword } from '../accounts/first-password.js';
import type { Config } from '../config.js';
import { hasTables } from '../database/journal.js';
import { users } from '../users/table.js';
import { type Finding, ok, type Subject, warning } from './finding.js';

/** Whether there is an administrator, or can be one after the first start. */
export async function checkAdministrator({ config, database }: Subject): Promise<Finding> {
  if (!(await hasTables(database.$client)) || !(await hasUsers(database))) return await checkFirstPassword(config);
  const [first] = await database
    .select({ username: users.username })
    .from(users)
    .where(and(eq(users.role, sql`'ADMIN'`), isNull(users.deletedAt)))
    .limit(1);
  if (first !== undefined) return ok('There is an administrator.');
  return warning('There is no administrator: run `scrip user create NAME --admin --password-stdin`.');
}

/** Reads the password that a start without a terminal gives to the first administrator. @throws UnusableFirstPassword, UnsafeHome */
export async function checkFirstPassword({ adminPasswordFile: file, home }: Config): Promise<Finding> {
  const password = await findFirstPassword({ file, home }, FIRST_ADMIN);
  return password === undefined
    ? ok('The next start creates the administrator, and generates the password.')
    : ok(`The next start creates the administrator, with the password in ${password.path}.`);
}
