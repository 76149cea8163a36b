/** Statements that find users with entries to deliver, and make rows of them. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { balances, entries } from '../points/table.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';

/** A user with entries that were found, or announced. */
export interface Found {
  readonly userId: string;
  /** The last sequence. */
  readonly last: number;
  /** The date of the newest entry, to the microsecond; null: it was announced, and is not later than now. */
  readonly until: string | null;
}

/** A span of time, `since` not included, as PostgreSQL writes instants; `until` null: until now. */
export interface Span {
  readonly since: string;
  readonly until: string | null;
}

/** Finds the users with entries in a span of time; undefined: there are more than `maxEntries`. */
export async function findGrowth(
  database: Database,
  { since, until }: Span,
  maxEntries: number,
): Promise<readonly Found[] | undefined> {
  const { rows } = await database.execute<{ user_id: string; last: number; until: string; found: number }>(sql`
    select user_id, max(sequence) as last, max(created_at)::text as until, (sum(count(*)) over ())::integer as found
      from (select user_id, sequence, created_at from ${entries}
             where created_at > ${since}::timestamptz and created_at <= coalesce(${until}::timestamptz, 'infinity')
             limit ${maxEntries + 1}) as recent
     group by user_id`);
  if ((rows[0]?.found ?? 0) > maxEntries) return undefined;
  return rows.map(({ user_id, last, until: newest }) => ({ userId: user_id, last, until: newest }));
}

/** Users of one statement. */
const MAX_USERS = 500;

/**
 * Makes rows of what was found, due now, in webhooks whose lease the node holds: of a user without a row after the last
 * entry that was written up to the horizon, as everything before was delivered. A row that has delivered what it knew of is
 * due again if it lacks an entry. A webhook of a single user has that user's row already.
 */
export async function addFound(
  database: Database,
  { ids, holderId }: { readonly ids: readonly string[]; readonly holderId: string },
  found: readonly Found[],
): Promise<void> {
  for (let start = 0; start < found.length; start += MAX_USERS) {
    const users = found.slice(start, start + MAX_USERS);
    await database.execute(sql`
      with found as (
        select user_id, last, coalesce(until, clock_timestamp()) as until
          from unnest(${sql.param(users.map(({ userId }) => userId))}::uuid[],
            ${sql.param(users.map(({ last }) => last))}::int[],
            ${sql.param(users.map(({ until }) => until))}::timestamptz[]) as given(user_id, last, until)
      ), searched as (
        select p.webhook_id, p.horizon, w.user_id as only_user_id
          from ${webhookProgress} p join ${webhooks} w on w.id = p.webhook_id
         where p.webhook_id = any(${sql.param(ids)}::uuid[]) and p.lease_holder = ${holderId}
      ), woken as (
        update ${webhookDeliveries} d
           set next_at = clock_timestamp(), found_until = greatest(d.found_until, found.until)
          from found, searched
         where d.webhook_id = searched.webhook_id and d.event = 'POINTS_ENTRY' and d.subject_id = found.user_id
           and d.number = 0 and d.next_at is null and d.sequence < found.last
      )
      insert into ${webhookDeliveries} (webhook_id, event, subject_id, sequence, found_until, next_at)
      select searched.webhook_id, 'POINTS_ENTRY', found.user_id, coalesce(before.sequence, 0), found.until, clock_timestamp()
        from searched cross join found
        left join lateral (
          select sequence from ${entries}
           where user_id = found.user_id and created_at <= searched.horizon
           order by sequence desc limit 1) as before on true
       where searched.only_user_id is null and coalesce(before.sequence, 0) < found.last
      on conflict do nothing`);
  }
}

/** Wakes the rows of webhooks of a single user whose balance says that there are more entries. */
export async function wakeSingleUsers(database: Database, ids: readonly string[]): Promise<void> {
  await database.execute(sql`
    update ${webhookDeliveries} d set next_at = clock_timestamp()
      from ${balances} b
     where d.webhook_id = any(${sql.param(ids)}::uuid[]) and d.event = 'POINTS_ENTRY' and d.next_at is null
       and b.user_id = d.subject_id and b.sequence > d.sequence`);
}
