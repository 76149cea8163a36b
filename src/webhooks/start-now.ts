import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { holds } from '../points/holds/table.js';
import { balances, entries } from '../points/table.js';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import type { WebhookEvent } from './event.js';
import { webhookDeliveries, webhookProgress } from './table.js';

/** An entry is dated while its statement runs, for 20 s or less: what is dated before this is visible, or never will be. */
export const UNCERTAIN_SECONDS = 30;

/**
 * Ends of holds, tokens and users may be dated early in a transaction of several statements: they are searched again for so
 * long. Rows of everything that was delivered stay for as long.
 */
export const UNCERTAIN_ENDS_SECONDS = 120;

/** A webhook whose deliveries begin. */
interface Starting {
  readonly id: string;
  readonly events: readonly WebhookEvent[];
  /** The only user whose events are sent; null: those of all users. */
  readonly userId: string | null;
}

/**
 * Makes a webhook begin now: what is visible of the last minutes counts as delivered. What is written at this moment, and not
 * visible yet, will be sent.
 */
export async function startNow(transaction: Database, { id, events, userId }: Starting): Promise<void> {
  const horizon = sql`clock_timestamp() - make_interval(secs => ${UNCERTAIN_SECONDS})`;
  await transaction
    .insert(webhookProgress)
    .values({ webhookId: id, horizon })
    .onConflictDoUpdate({ target: webhookProgress.webhookId, set: { horizon, restUntil: null } });
  const since = await readSince(transaction);
  // Of the dates of entries the planner knows only that there are many, and would read the table.
  await transaction.execute(sql`set local enable_seqscan = off`);
  for (const event of events) {
    const recent = event === 'POINTS_ENTRY' && userId !== null ? ofUser(userId) : RECENT[event]?.(since);
    if (recent === undefined) continue;
    await transaction.execute(sql`
      insert into ${webhookDeliveries} (webhook_id, event, subject_id, number, sequence, last_found, found_until)
      select ${id}, ${event}, recent.subject_id, recent.number, recent.sequence, recent.sequence, recent.found_until
        from (${recent}) as recent
      on conflict (webhook_id, event, subject_id, number) do update
         set sequence = excluded.sequence, last_found = excluded.last_found, attempts = 0, next_at = null`);
  }
}

/** As a value, and to the microsecond: an index is searched for no expression that is computed anew for each row. */
async function readSince(transaction: Database): Promise<SQL> {
  const { rows } = await transaction.execute<{ since: string }>(
    sql`select (clock_timestamp() - make_interval(secs => ${UNCERTAIN_ENDS_SECONDS}))::text as since`,
  );
  return sql`${rows[0]?.since}::timestamptz`;
}

/** The row of a single user stays, since it is found by the balance alone. */
function ofUser(userId: string): SQL {
  return sql`select user_id as subject_id, 0 as number, sequence, 'infinity'::timestamptz as found_until from ${balances}
    where user_id = ${userId}`;
}

/** Selects of what has just happened. A token that is about to expire is found by its time alone. */
const RECENT: Readonly<Record<WebhookEvent, ((since: SQL) => SQL) | undefined>> = {
  POINTS_ENTRY: (since) => sql`
    select user_id as subject_id, 0 as number, max(sequence) as sequence, max(created_at) as found_until from ${entries}
     where created_at > ${since} group by user_id`,
  HOLD_ENDED: (since) => sql`
    select user_id as subject_id, number, 0 as sequence, end_written_at as found_until from ${holds}
     where end_written_at > ${since}`,
  TOKEN_EXPIRING: undefined,
  TOKEN_REVOKED: (since) => sql`
    select id as subject_id, 0 as number, 0 as sequence, revoked_at as found_until from ${tokens} where revoked_at > ${since}`,
  USER_DELETED: (since) => sql`
    select id as subject_id, 0 as number, 0 as sequence, deleted_at as found_until from ${users} where deleted_at > ${since}`,
};
