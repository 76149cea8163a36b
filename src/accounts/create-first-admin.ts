import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { FIRST_START } from '../auth/actor.js';
import { tryAdvisoryLock } from '../database/advisory-lock.js';
import type { Database } from '../database/connect.js';
import { UsernameTaken } from '../users/errors.js';
import type { Passwords } from '../users/password-hash.js';
import { users } from '../users/table.js';
import { createUser } from './create-user.js';
import { chooseFirstPassword, type FirstPassword, type PasswordLocations } from './first-password.js';

/** The name of the first administrator. */
export const FIRST_ADMIN = 'admin';

/** The key of an advisory lock, held while the first administrator is created: 'admin' in ASCII. */
const FIRST_ADMIN_LOCK = 0x61646d696e;

const POLL_MS = 100;

/**
 * Creates the administrator `admin` on a database that never had a user. A lock lets one of several nodes do it: the
 * others find a user and keep no password.
 *
 * The password is in its file before the user is created. If the process dies in between, the next start uses that file.
 *
 * @returns where the password is; NOT_STORED: no user was created; undefined: there was a user already.
 * @throws UnusableFirstPassword, UnsafeHome.
 */
export async function createFirstAdmin(
  database: Database,
  passwords: Passwords,
  locations: PasswordLocations,
): Promise<FirstPassword | undefined> {
  if (await hasUsers(database)) return undefined;
  return await database.transaction(async (transaction) => {
    // Polled: a statement that waits would be cancelled by the statement timeout.
    while (!(await tryAdvisoryLock(transaction, FIRST_ADMIN_LOCK))) await delay(POLL_MS);
    if (await hasUsers(transaction)) return undefined;
    const password = await chooseFirstPassword(locations, FIRST_ADMIN);
    if (password.kind === 'NOT_STORED') return password;
    const admin = { username: FIRST_ADMIN, role: 'ADMIN', password: password.value } as const;
    try {
      // No name rests in a database that never had a user.
      await createUser({ database: transaction, passwords, usernameRestDays: 0 }, admin, FIRST_START);
      return password;
    } catch (error) {
      if (!(error instanceof UsernameTaken)) throw error;
      // The command line, which takes no lock, has just created a user of this name: the file would mislead.
      if (password.kind === 'KEPT' && password.isNew) await rm(password.path, { force: true });
      return undefined;
    }
  });
}

/** Whether there is, or ever was, a user. */
export async function hasUsers(database: Database): Promise<boolean> {
  const rows = await database.select({ one: sql`1` }).from(users).limit(1);
  return rows.length > 0;
}
