/** Reads of what a webhook has not delivered yet. */
import { and, asc, gt, isNotNull, sql } from 'drizzle-orm';
import { createBatcher } from '../concurrency/batcher.js';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { MAX_COUNT } from '../database/filtered-list.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { entries } from '../points/table.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';

/** Webhooks of one statement: each may count up to 10,000 entries. */
const MAX_BATCH = 20;

const MAX_QUEUE = 10_000;

/** Creates a count of the entries that a webhook has not delivered, up to 10,000; concurrent counts share a statement. */
export function createPendingOf(database: Database): (webhookId: string) => Promise<number> {
  return createBatcher<string, number>({
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    run: async (ids) => {
      const counts = await database.transaction(async (transaction) => {
        // The index of dates bounds the search; by the size of the table alone the planner would read all of it.
        await transaction.execute(sql`set local enable_seqscan = off`);
        return await countPending(transaction, [...new Set(ids)]);
      });
      return ids.map((id) => counts.get(id) ?? 0);
    },
  });
}

/**
 * Of the users under way the entries after what was delivered; of the others all that were written after the horizon. A
 * webhook of one user has one row, which stands for all of the user's entries.
 */
async function countPending(database: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const limit = sql.raw(String(MAX_COUNT));
  const { rows } = await database.execute<{ id: string; count: number }>(sql`
    select w.id, pending.count
      from ${webhooks} w
      join ${webhookProgress} p on p.webhook_id = w.id
     cross join lateral (select count(*)::integer as count from (
       (select from ${webhookDeliveries} d
          join ${entries} e on e.user_id = d.subject_id and e.sequence > d.sequence
         where d.webhook_id = w.id and d.event = 'POINTS_ENTRY' and (d.next_at is not null or w.user_id is not null)
         limit ${limit})
       union all
       (select from ${entries} e
         where w.user_id is null and e.created_at > p.horizon
           and not exists (select from ${webhookDeliveries} d
             where d.webhook_id = w.id and d.event = 'POINTS_ENTRY' and d.subject_id = e.user_id and d.number = 0
               and (d.next_at is not null or d.sequence >= e.sequence))
         limit ${limit})
       limit ${limit}) counted) pending
     where w.id = any(${sql.param(ids)}::uuid[]) and 'POINTS_ENTRY' = any(w.events)`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/**
 * Creates a read of the time at which what failed is sent again, or the receiver no longer asks to wait; null: nothing waits.
 * Concurrent reads share a statement.
 */
export function createNextAttemptOf(database: PreparedDatabase): (webhookId: string) => Promise<Date | null> {
  const failed = database
    .select({ at: sql`min(${webhookDeliveries.nextAt})`.as('at') })
    .from(webhookDeliveries)
    .where(
      and(
        sql`${webhookDeliveries.webhookId} = ${webhookProgress.webhookId}`,
        gt(webhookDeliveries.attempts, 0),
        isNotNull(webhookDeliveries.nextAt),
      ),
    )
    .as('failed');
  const resting = sql`case when ${webhookProgress.restUntil} > clock_timestamp() then ${webhookProgress.restUntil} end`;
  const read = createReadByKey(database, {
    name: 'next_attempts_of_webhooks',
    select: database
      .select({
        of: webhookProgress.webhookId,
        at: sql<Date | null>`greatest(${failed.at}, ${resting})`.mapWith(webhookProgress.restUntil),
      })
      .from(webhookProgress)
      .crossJoinLateral(failed)
      .where(isAnyKey(webhookProgress.webhookId))
      .orderBy(asc(webhookProgress.webhookId)),
    keyOf: (row) => row.of,
  });
  return async (webhookId) => (await read(webhookId))?.at ?? null;
}
