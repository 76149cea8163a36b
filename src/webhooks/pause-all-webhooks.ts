import { isNull, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { webhooks } from './table.js';

/** Pauses every webhook, as on the command line. Returns how many were not paused before. */
export async function pauseAllWebhooks(transaction: Database): Promise<number> {
  const { rowCount } = await transaction
    .update(webhooks)
    .set({ pausedAt: sql`clock_timestamp()`, pausedBecause: 'REQUESTED', pausedById: null })
    .where(isNull(webhooks.pausedAt));
  return rowCount ?? 0;
}
