import { and, isNotNull, isNull, ne } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { users } from '../users/table.js';

/** Removes the password of every user but one. They cannot log in until one is set for them. Returns how many had one. */
export async function removePasswords(transaction: Database, exceptId: string): Promise<number> {
  const { rowCount } = await transaction
    .update(users)
    .set({ passwordHash: null })
    .where(and(isNotNull(users.passwordHash), ne(users.id, exceptId)));
  return rowCount ?? 0;
}

/** The number of active users who have a password, beside one. */
export async function countPasswords(transaction: Database, exceptId: string): Promise<number> {
  return await transaction.$count(
    users,
    and(isNotNull(users.passwordHash), isNull(users.deletedAt), ne(users.id, exceptId)),
  );
}
