import { eq } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { webhookProgress } from './table.js';

/** Locks the progress of a webhook, and then its deliveries: it waits for searches, and those that follow leave it out. */
export async function lockProgress(transaction: Database, id: string): Promise<void> {
  await transaction
    .select({ id: webhookProgress.webhookId })
    .from(webhookProgress)
    .where(eq(webhookProgress.webhookId, id))
    .for('update');
}
