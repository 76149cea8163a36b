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

/** Tokens and users are dated when the transaction begins that ends them, and it may take several statements. */
export const UNCERTAIN_ENDS_SECONDS = 120;

/** A webhook whose deliveries begin. */
interface Starting {
  readonly id: string;
  /** The only user whose events are sent; null: those of all users. */
  readonly userId: string | null;
}

/**
 * Makes a webhook begin now: what is visible of the last minutes counts as delivered. What is written at this moment, and not
 * visible yet, will be sent.
 */
export async function startNow(transaction: Database, { id, userId }: Starting): Promise<void> {
  const horizon = sql`clock_timestamp() - make_interval(secs => ${UNCERTAIN_SECONDS})`;
  await transaction
    .insert(webhookProgress)
    .values({ webhookId: id, horizon })
    .onConflictDoUpdate({ target: webhookProgress.webhookId, set: { horizon, restUntil: null } });
  for (const found of recentEvents(userId)) {
    await transaction.execute(sql`
      insert into ${webhookDeliveries} (webhook_id, event, subject_id, number, sequence, found_until)
      select ${id}, found.* from (${found}) as found`);
  }
}

/** Selects of what has just happened, as `event, subject_id, number, sequence, found_until`. */
function recentEvents(userId: string | null): readonly SQL[] {
  const since = (seconds: number) => sql`clock_timestamp() - make_interval(secs => ${seconds})`;
  const uncertain = since(UNCERTAIN_SECONDS);
  const uncertainEnds = since(UNCERTAIN_ENDS_SECONDS);
  const named = (event: WebhookEvent) => sql`${event}::text`;
  return [
    // That of a single user stays, since it is found by the balance alone.
    userId === null
      ? sql`select ${named('POINTS_ENTRY')}, user_id, 0, max(sequence), max(created_at) from ${entries}
             where created_at > ${uncertain} group by user_id`
      : sql`select ${named('POINTS_ENTRY')}, user_id, 0, sequence, 'infinity'::timestamptz from ${balances}
             where user_id = ${userId}`,
    sql`select ${named('HOLD_ENDED')}, user_id, number, 0, end_written_at from ${holds} where end_written_at > ${uncertain}`,
    sql`select ${named('TOKEN_REVOKED')}, id, 0, 0, revoked_at from ${tokens} where revoked_at > ${uncertainEnds}`,
    sql`select ${named('USER_DELETED')}, id, 0, 0, deleted_at from ${users} where deleted_at > ${uncertainEnds}`,
  ];
}
