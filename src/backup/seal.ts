/**
 * Seals a restored database, so that nothing is valid in it that was revoked after the backup was made: credentials and rights
 * are taken from all but one administrator, who gives them back.
 */
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { demoteOthers } from '../accounts/demote-others.js';
import { countPasswords, removePasswords } from '../accounts/remove-passwords.js';
import { record } from '../audit/record.js';
import { COMMAND_LINE } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { createFence } from '../database/fence.js';
import { connectToMigrate } from '../database/migrate.js';
import { UnusableDatabase } from '../database/unusable-database.js';
import { endAllSessions } from '../sessions/end-all-sessions.js';
import { pauseAllTokens } from '../tokens/pause-all-tokens.js';
import { parsePassword } from '../users/password.js';
import type { Passwords } from '../users/password-hash.js';
import { foldedUsername, users } from '../users/table.js';
import { foldUsername, type User, userColumns } from '../users/user.js';
import { pauseAllWebhooks } from '../webhooks/pause-all-webhooks.js';
import { takeAlone } from './take-alone.js';

export interface SealOptions {
  /** The name of the ADMIN who remains one. */
  readonly admin: string;
  /** The new password of that ADMIN. */
  readonly password: string;
  /** Whether all other users keep the passwords that they had when the backup was made. */
  readonly keepPasswords: boolean;
}

/** What the seal did, and what the restored database revives. */
export interface Seal {
  readonly admin: string;
  readonly tokens: number;
  readonly sessions: number;
  readonly admins: number;
  readonly webhooks: number;
  /** How many users have their former passwords, or lost them. */
  readonly passwords: number;
  readonly passwordsKept: boolean;
  /** Users who are not deleted in it. */
  readonly users: number;
}

/**
 * Pauses every token and webhook, ends every session, makes every other ADMIN a USER, and sets the password of one ADMIN: in one
 * transaction, which has the database for itself.
 *
 * @throws UnusableDatabase while other sessions could serve from it, or where the user is no ADMIN; BadUserInput for a password
 *   that `parsePassword` refuses. Nothing was changed.
 */
export async function seal(url: string, passwords: Passwords, options: SealOptions): Promise<Seal> {
  const client = await connectToMigrate({ url, behindPooler: false, fence: createFence() });
  try {
    const database = drizzle(client);
    const { username } = await findAdmin(database, options.admin);
    const passwordHash = await passwords.hash(parsePassword('password', options.password, { username }));
    return await database.transaction(async (transaction) => {
      await takeAlone(transaction);
      const admin = await findAdmin(transaction, options.admin);
      await transaction.update(users).set({ passwordHash }).where(eq(users.id, admin.id));
      return await sealAround(transaction, admin, options);
    });
  } finally {
    await client.end().catch(() => {});
  }
}

async function findAdmin(database: Database, username: string): Promise<User> {
  const [user] = await database
    .select(userColumns)
    .from(users)
    .where(sql`${foldedUsername} = ${foldUsername(username)} and ${users.deletedAt} is null`);
  if (user?.role === 'ADMIN') return user;
  const fault = user === undefined ? `has no user ${username}` : `has ${user.username} as a USER`;
  throw new UnusableDatabase(`The restored database ${fault}: name one who is an ADMIN in it. Nothing was changed.`);
}

async function sealAround(transaction: Database, admin: User, { keepPasswords }: SealOptions): Promise<Seal> {
  const sealed = {
    admin: admin.username,
    tokens: await pauseAllTokens(transaction),
    sessions: await endAllSessions(transaction),
    admins: await demoteOthers(transaction, admin.id, COMMAND_LINE),
    webhooks: await pauseAllWebhooks(transaction),
    passwords: await (keepPasswords ? countPasswords : removePasswords)(transaction, admin.id),
    passwordsKept: keepPasswords,
    users: await transaction.$count(users, sql`${users.deletedAt} is null`),
  };
  const { tokens, sessions, admins, webhooks, passwords: count } = sealed;
  const what = keepPasswords ? 'passwords kept' : 'passwords removed';
  const detail = `tokens: ${tokens}; sessions: ${sessions}; admins: ${admins}; webhooks: ${webhooks}; ${what}: ${count}`;
  await record(transaction, COMMAND_LINE, { action: 'PASSWORD_CHANGED', subjectId: admin.id });
  await record(transaction, COMMAND_LINE, { action: 'RESTORE_SEALED', subjectId: admin.id, detail });
  return sealed;
}
