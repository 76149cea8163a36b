/** Statements that find users with entries to deliver, and make rows of them. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { balances, entries } from '../points/table.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';

/** A user with entries in a span of time. */
export interface Found {
  readonly userId: string;
  /** The first and the last sequence in the span. */
  readonly first: number;
  readonly last: number;
  /** The date of the newest entry, to the microsecond. */
  readonly until: string;
}

/** A user with entries that were announced. */
export type Announced = Pick<Found, 'userId' | 'first' | 'last'>;

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
  const { rows } = await database.execute<{
    user_id: string;
    first: number;
    last: number;
    until: string;
    found: number;
  }>(sql`
    select user_id, min(sequence) as first, max(sequence) as last, max(created_at)::text as until,
           (sum(count(*)) over ())::integer as found
      from (select user_id, sequence, created_at from ${entries}
             where created_at > ${since}::timestamptz and created_at <= coalesce(${until}::timestamptz, 'infinity')
             limit ${maxEntries + 1}) as recent
     group by user_id`);
  if ((rows[0]?.found ?? 0) > maxEntries) return undefined;
  return rows.map(({ user_id, first, last, until: newest }) => ({ userId: user_id, first, last, until: newest }));
}

/** The webhooks to make rows in: those of all users whose lease the node holds. */
interface Takers {
  readonly ids: readonly string[];
  readonly holderId: string;
}

/** Users of one statement. */
const MAX_USERS = 500;

/**
 * Makes rows of what was found, due now. A user without a row begins with the first entry of the span: what was written before
 * was delivered, since a row stays for longer than webhooks that are searched together lie apart.
 */
export async function addFound(database: Database, takers: Takers, found: readonly Found[]): Promise<void> {
  for (let start = 0; start < found.length; start += MAX_USERS) {
    const users = found.slice(start, start + MAX_USERS);
    await addRows(database, takers, {
      found: sql`select * from unnest(${sql.param(users.map(({ userId }) => userId))}::uuid[],
        ${sql.param(users.map(({ first }) => first))}::int[], ${sql.param(users.map(({ last }) => last))}::int[],
        ${sql.param(users.map(({ until }) => until))}::timestamptz[]) as given(user_id, first, last, until)`,
      firstOfNew: sql`found.first`,
    });
  }
}

/** Entries of a user that one statement looks at. Of more the search finds the first. */
const MAX_RECENT = 10;

/**
 * The same of what was announced. A user without a row begins with the first entry after the horizon of the webhook, or with
 * the first that was announced, if that is earlier: the clock of a database that has just taken over may be behind.
 */
export async function addAnnounced(database: Database, takers: Takers, found: readonly Announced[]): Promise<void> {
  for (let start = 0; start < found.length; start += MAX_USERS) {
    const users = found.slice(start, start + MAX_USERS);
    await addRows(database, takers, {
      found: sql`select *, clock_timestamp() as until from unnest(${sql.param(users.map(({ userId }) => userId))}::uuid[],
        ${sql.param(users.map(({ first }) => first))}::int[],
        ${sql.param(users.map(({ last }) => last))}::int[]) as given(user_id, first, last)`,
      firstOfNew: sql`(
        select case when count(*) < ${MAX_RECENT} then least(found.first, min(recent.sequence)) end
          from (select sequence, created_at from ${entries} e
                 where e.user_id = found.user_id and e.sequence <= found.last
                 order by e.sequence desc limit ${MAX_RECENT}) as recent
         where recent.created_at > searched.horizon)`,
    });
  }
}

/**
 * Makes and wakes rows. A row remembers the last entry that was found: a statement that notes its progress at the same time
 * waits for this one, or this one for it, and the row stays due.
 *
 * @param rows.firstOfNew the first entry of a user who has no row; null: it is unknown, and no row is made.
 */
async function addRows(
  database: Database,
  { ids, holderId }: Takers,
  { found, firstOfNew }: { readonly found: SQL; readonly firstOfNew: SQL },
): Promise<void> {
  await database.execute(sql`
    with searched as materialized (
      select p.webhook_id, p.horizon
        from ${webhookProgress} p join ${webhooks} w on w.id = p.webhook_id and w.user_id is null
       where p.webhook_id = any(${sql.param(ids)}::uuid[]) and p.lease_holder = ${holderId}
         for key share of p skip locked
    ), found as materialized (${found}
    ), woken as (
      update ${webhookDeliveries} d
         set next_at = coalesce(d.next_at, clock_timestamp()), last_found = found.last,
             found_until = greatest(d.found_until, found.until)
        from found, searched
       where d.webhook_id = searched.webhook_id and d.event = 'POINTS_ENTRY' and d.subject_id = found.user_id
         and d.number = 0 and d.last_found < found.last
    )
    insert into ${webhookDeliveries} (webhook_id, event, subject_id, sequence, last_found, found_until, next_at)
    select made.webhook_id, 'POINTS_ENTRY', made.user_id, made.first - 1, made.last, made.until, clock_timestamp()
      from (
        select searched.webhook_id, found.user_id, found.last, found.until, ${firstOfNew} as first
          from searched cross join found
         where not exists (
           select from ${webhookDeliveries} d
            where d.webhook_id = searched.webhook_id and d.event = 'POINTS_ENTRY' and d.subject_id = found.user_id
              and d.number = 0)) as made
     where made.first is not null
    on conflict do nothing`);
}

/** Wakes the rows of webhooks of a single user whose balance says that there are more entries. */
export async function wakeSingleUsers(database: Database, ids: readonly string[]): Promise<void> {
  await database.execute(sql`
    update ${webhookDeliveries} d set next_at = coalesce(d.next_at, clock_timestamp()), last_found = b.sequence
      from ${balances} b
     where d.webhook_id = any(${sql.param(ids)}::uuid[]) and d.event = 'POINTS_ENTRY'
       and b.user_id = d.subject_id and b.sequence > d.last_found`);
}
