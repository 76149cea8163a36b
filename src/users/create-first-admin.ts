import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { FIRST_START } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { createUser } from './create-user.js';
import { UsernameTaken } from './errors.js';
import type { Passwords } from './password-hash.js';
import { users } from './table.js';

/**
 * On a database that never had a user, creates the administrator `admin`. Of several nodes that start at once, one does.
 *
 * @returns the password, which is kept nowhere; undefined when there was nothing to do.
 */
export async function createFirstAdmin(database: Database, passwords: Passwords): Promise<string | undefined> {
  const [anybody] = await database.select({ one: sql`1` }).from(users).limit(1);
  if (anybody !== undefined) return undefined;
  const password = randomBytes(18).toString('base64url');
  const passwordHash = await passwords.hash(password);
  try {
    await createUser(database, { username: 'admin', role: 'ADMIN', passwordHash }, FIRST_START);
    return password;
  } catch (error) {
    if (error instanceof UsernameTaken) return undefined;
    throw error;
  }
}
