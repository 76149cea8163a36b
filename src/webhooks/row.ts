/** Rows of `webhook_deliveries` that are due, as the sender works on them. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { WebhookEvent } from './event.js';
import { webhookDeliveries } from './table.js';

/** What is to be delivered: the entries of a user after `sequence`, or one event. */
export interface Row {
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly subjectId: string;
  readonly number: number;
  /** The last entry that was delivered when the row was read. */
  readonly sequence: number;
  /** Failed attempts in a row. */
  readonly attempts: number;
  /** How often a redelivery was requested when the row was read. */
  readonly restarts: number;
}

/** Identifies a row among those of all webhooks. */
export function keyOf({
  webhookId,
  event,
  subjectId,
  number,
}: Omit<Row, 'sequence' | 'attempts' | 'restarts'>): string {
  return `${webhookId} ${event} ${subjectId} ${number}`;
}

/** A webhook whose due rows are wanted: so many that were not sent yet, and so many that have failed. */
export interface Wanted {
  readonly id: string;
  readonly maxNew: number;
  readonly maxFailed: number;
}

/**
 * The rows that are due: of each webhook those that were not sent yet, then those that have failed, the longest due first. By
 * the time of the statement, which an index is searched for.
 */
export async function readDueRows(database: Database, wanted: readonly Wanted[]): Promise<readonly Row[]> {
  const { rows } = await database.execute<{
    webhook_id: string;
    event: WebhookEvent;
    subject_id: string;
    number: number;
    sequence: number;
    attempts: number;
    restarts: number;
  }>(sql`
    select due.webhook_id, due.event, due.subject_id, due.number::float8 as number, due.sequence, due.attempts, due.restarts
      from unnest(${sql.param(wanted.map(({ id }) => id))}::uuid[],
             ${sql.param(wanted.map(({ maxNew }) => maxNew))}::int[],
             ${sql.param(wanted.map(({ maxFailed }) => maxFailed))}::int[]) as wanted(id, max_new, max_failed)
     cross join lateral (
       (select * from ${webhookDeliveries}
         where webhook_id = wanted.id and next_at <= statement_timestamp() and attempts = 0
         order by next_at limit wanted.max_new)
       union all
       (select * from ${webhookDeliveries}
         where webhook_id = wanted.id and next_at <= statement_timestamp() and attempts > 0
         order by next_at limit wanted.max_failed)) as due`);
  return rows.map(({ webhook_id, subject_id, ...row }) => ({ ...row, webhookId: webhook_id, subjectId: subject_id }));
}

/** How many rows of each webhook are due that were not sent yet, counted to `max`. A webhook without one is not in the result. */
export async function countDueRows(
  database: Database,
  ids: readonly string[],
  max: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.execute<{ id: string; count: number }>(sql`
    select wanted.id, due.count
      from unnest(${sql.param(ids)}::uuid[]) as wanted(id)
     cross join lateral (
       select count(*)::integer as count from (
         select from ${webhookDeliveries}
          where webhook_id = wanted.id and next_at <= statement_timestamp() and attempts = 0 limit ${max}) as counted) as due
     where due.count > 0`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}
