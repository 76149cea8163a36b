/** Statements that make rows of what happened beside entries: one row for each event. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { holds } from '../points/holds/table.js';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import type { WebhookEvent } from './event.js';
import type { Span } from './find-entries.js';
import { UNCERTAIN_ENDS_SECONDS, UNCERTAIN_SECONDS } from './start-now.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';

/** What is found by its own date. Entries are found otherwise. */
type DatedEvent = Exclude<WebhookEvent, 'POINTS_ENTRY'>;

/** So long before its expiry a token is about to expire. */
export const EXPIRING_DAYS = 7;

const EXPIRING = sql.raw(`interval '${EXPIRING_DAYS} days'`);

/** Ends may be dated early in a transaction of several statements, and so are searched again for longer. */
const ENDS_MARGIN = sql.raw(`interval '${UNCERTAIN_ENDS_SECONDS - UNCERTAIN_SECONDS} seconds'`);

/** `subject_id, number, happened_at` of what happened in the span of `searched`, to whom it concerns. */
const HAPPENED: Readonly<Record<DatedEvent, SQL>> = {
  // Dated by the statement that writes it, so that an expiry which is marked late is found as well.
  HOLD_ENDED: sql`
    select user_id as subject_id, number, end_written_at as happened_at from ${holds}
     where end_written_at > searched.since - ${ENDS_MARGIN} and end_written_at <= searched.until
       and (searched.only_user_id is null or user_id = searched.only_user_id)
     order by end_written_at`,
  // A token that was rotated ends as planned, and its successor has an end of its own.
  TOKEN_EXPIRING: sql`
    select id as subject_id, floor(extract(epoch from expires_at))::bigint as number, expires_at - ${EXPIRING} as happened_at
      from ${tokens}
     where expires_at > searched.since + ${EXPIRING} and expires_at <= searched.until + ${EXPIRING}
       and issued_at < expires_at - ${EXPIRING}
       and revoked_at is null and successor_id is null
       and (searched.only_user_id is null or owner_id = searched.only_user_id)
     order by expires_at`,
  TOKEN_REVOKED: sql`
    select id as subject_id, 0 as number, revoked_at as happened_at from ${tokens}
     where revoked_at > searched.since - ${ENDS_MARGIN} and revoked_at <= searched.until
       and (searched.only_user_id is null or owner_id = searched.only_user_id)
     order by revoked_at`,
  USER_DELETED: sql`
    select id as subject_id, 0 as number, deleted_at as happened_at from ${users}
     where deleted_at > searched.since - ${ENDS_MARGIN} and deleted_at <= searched.until
       and (searched.only_user_id is null or id = searched.only_user_id)
     order by deleted_at`,
};

/**
 * Makes rows of the events of a span, due now, in webhooks that are sent these. What has a row already is left as it is.
 *
 * @param span.since the earliest; a webhook whose horizon is later begins there.
 * @returns whether these were all: of each kind no webhook has `max` or more in the span.
 */
export async function addEvents(
  database: Database,
  ids: readonly string[],
  { since, until }: Span,
  max: number,
): Promise<boolean> {
  let isComplete = true;
  for (const [event, happened] of Object.entries(HAPPENED)) {
    const { rows } = await database.execute<{ found: number }>(sql`
      with searched as materialized (
        select p.webhook_id, greatest(p.horizon, ${since}::timestamptz) as since,
               coalesce(${until}::timestamptz, clock_timestamp()) as until, w.user_id as only_user_id
          from ${webhookProgress} p join ${webhooks} w on w.id = p.webhook_id
         where p.webhook_id = any(${sql.param(ids)}::uuid[]) and ${event} = any(w.events)
      ), found as materialized (
        select searched.webhook_id, happened.*
          from searched cross join lateral (${happened} limit ${max}) as happened
      ), made as (
        insert into ${webhookDeliveries} (webhook_id, event, subject_id, number, found_until, next_at)
        select webhook_id, ${event}, subject_id, number, happened_at, clock_timestamp() from found
        on conflict do nothing
      )
      select count(*)::integer as found from found group by webhook_id order by found desc limit 1`);
    if ((rows[0]?.found ?? 0) >= max) isComplete = false;
  }
  return isComplete;
}

/**
 * Deletes rows of webhooks of a node whose events were delivered and can be found no more; some of them, in one statement. It
 * leaves out webhooks that are searched at the moment: the search may rely on their rows.
 */
export async function deleteDone(database: Database, holderId: string, max: number): Promise<void> {
  await database.execute(sql`
    delete from ${webhookDeliveries} d
     using (
       select done.webhook_id, done.event, done.subject_id, done.number
         from ${webhookProgress} p
        cross join lateral (
          select * from ${webhookDeliveries}
           where webhook_id = p.webhook_id and next_at is null and found_until < p.horizon - ${ENDS_MARGIN}
           limit ${max}) as done
        where p.lease_holder = ${holderId}
        limit ${max}
          for update of p skip locked) as done
     where (d.webhook_id, d.event, d.subject_id, d.number) = (done.webhook_id, done.event, done.subject_id, done.number)
       and d.next_at is null`);
}
