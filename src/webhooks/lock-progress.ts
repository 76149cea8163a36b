import { eq } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { webhookProgress } from './table.js';

/** Locks the progress of a webhook before its deliveries, in the order in which a search for events locks them. */
export async function lockProgress(transaction: Database, id: string): Promise<void> {
  await transaction
    .select({ id: webhookProgress.webhookId })
    .from(webhookProgress)
    .where(eq(webhookProgress.webhookId, id))
    .for('no key update');
}
