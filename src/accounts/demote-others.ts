import { and, eq, ne } from 'drizzle-orm';
import { recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { users } from '../users/table.js';

/** Makes every ADMIN but one a USER. Returns how many active users that were. */
export async function demoteOthers(transaction: Database, adminId: string, actor: Actor): Promise<number> {
  const demoted = await transaction
    .update(users)
    .set({ role: 'USER' })
    .where(and(eq(users.role, 'ADMIN'), ne(users.id, adminId)))
    .returning({ id: users.id, deletedAt: users.deletedAt });
  const active = demoted.filter(({ deletedAt }) => deletedAt === null);
  const events = active.map(({ id }) => ({ action: 'ROLE_CHANGED', subjectId: id, detail: 'ADMIN to USER' }) as const);
  if (events.length > 0) await recordAll(transaction, actor, events);
  return active.length;
}
