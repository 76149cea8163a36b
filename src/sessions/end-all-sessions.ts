import { isNull, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { sessions } from './table.js';

/** Ends every session. Returns how many had not ended. */
export async function endAllSessions(transaction: Database): Promise<number> {
  const { rowCount } = await transaction.update(sessions).set({ endedAt: sql`now()` }).where(isNull(sessions.endedAt));
  return rowCount ?? 0;
}
