import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../database/connect.js';
import { balances } from '../table.js';
import { holds } from './table.js';

/** Releases every open hold of a user, whose balance the transaction has locked. */
export async function releaseHolds(transaction: Database, userId: string): Promise<void> {
  const { state, expiresAt } = holds;
  // clock_timestamp(): the lock may have been waited for.
  await transaction
    .update(holds)
    .set({
      state: sql`case when ${expiresAt} <= clock_timestamp() then 'EXPIRED' else 'RELEASED' end`,
      endedAt: sql`least(${expiresAt}, clock_timestamp())`,
    })
    .where(and(eq(holds.userId, userId), eq(state, 'HELD')));
  await transaction.update(balances).set({ held: 0, holdsUntil: null }).where(eq(balances.userId, userId));
}
