/** What a search reads and locks of the progress of webhooks. Instants are text, to the microsecond. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { Span } from './find-entries.js';
import { UNCERTAIN_ENDS_SECONDS, UNCERTAIN_SECONDS } from './start-now.js';
import { webhookProgress, webhooks } from './table.js';

/** A webhook as a search sees it. */
export interface Searched {
  readonly id: string;
  readonly horizon: string;
  /** Whether the horizon is so recent that it is searched together with the others. */
  readonly isLive: boolean;
  /** Whose entries it is sent. */
  readonly entriesOf: 'ALL' | 'ONE' | 'NONE';
}

/**
 * A webhook that is further behind is searched alone, in spans of time. The others are searched together, from the earliest
 * horizon on: of what is later, each has the rows still.
 */
const LIVE_SECONDS = UNCERTAIN_ENDS_SECONDS - 20;

/** Everything dated before is visible, or never will be. */
const certain = sql`clock_timestamp() - make_interval(secs => ${UNCERTAIN_SECONDS})`;

const entriesOf = sql`case when not 'POINTS_ENTRY' = any(w.events) then 'NONE' when w.user_id is null then 'ALL' else 'ONE' end`;

/** Of the given webhooks those whose lease the node holds. */
export async function readSearched(
  database: Database,
  ids: readonly string[],
  holderId: string,
): Promise<readonly Searched[]> {
  if (ids.length === 0) return [];
  const { rows } = await database.execute<{ [Name in keyof Searched]: Searched[Name] }>(sql`
    select p.webhook_id as id, p.horizon::text as horizon, ${entriesOf} as "entriesOf",
           p.horizon > clock_timestamp() - make_interval(secs => ${LIVE_SECONDS}) as "isLive"
      from ${webhookProgress} p join ${webhooks} w on w.id = p.webhook_id
     where p.webhook_id = any(${sql.param(ids)}::uuid[]) and p.lease_holder = ${holderId}`);
  return rows;
}

/** The earliest of some instants, and the one up to which a search that begins now finds everything. */
export async function readBounds(
  database: Database,
  instants: readonly string[],
): Promise<{ readonly since: string; readonly certain: string }> {
  const { rows } = await database.execute<{ since: string; certain: string }>(sql`
    select min(instant)::text as since, (${certain})::text as certain
      from unnest(${sql.param(instants)}::timestamptz[]) as instant`);
  const [bounds] = rows;
  if (bounds === undefined) throw new Error('The database returned no bounds of a search.');
  return bounds;
}

/**
 * Locks the progress of webhooks whose lease the node holds, until the transaction ends: against operations that change it
 * and against the removal of rows, not against the renewal of leases.
 *
 * @returns those that were locked. One that an operation changes at the moment is left out.
 */
export async function lockLeased(
  transaction: Database,
  ids: readonly string[],
  holderId: string,
): Promise<readonly string[]> {
  const { rows } = await transaction.execute<{ id: string }>(sql`
    select webhook_id as id from ${webhookProgress}
     where webhook_id = any(${sql.param(ids)}::uuid[]) and lease_holder = ${holderId} and lease_until > clock_timestamp()
     order by webhook_id for key share skip locked`);
  return rows.map(({ id }) => id);
}

/** The span of so many seconds after the horizon of a locked webhook; undefined: what follows is not certain yet. */
export async function readSpan(
  transaction: Database,
  id: string,
  seconds: number,
): Promise<(Span & { readonly until: string }) | undefined> {
  const { rows } = await transaction.execute<{ since: string; until: string }>(sql`
    select span.since::text as since, span.until::text as until
      from (select horizon as since, least(horizon + make_interval(secs => ${seconds}), ${certain}) as until
              from ${webhookProgress} where webhook_id = ${id}) as span
     where span.until > span.since`);
  return rows[0];
}

/** Seconds by which a horizon may lag: it costs a write, and matters only after a restart. */
const HORIZON_LAG_SECONDS = 10;

/** Moves horizons forward. Everything up to there has a row, or was delivered. */
export async function moveHorizons(transaction: Database, ids: readonly string[], to: string): Promise<void> {
  await transaction.execute(sql`
    update ${webhookProgress} set horizon = ${to}::timestamptz
     where webhook_id = any(${sql.param(ids)}::uuid[])
       and horizon < ${to}::timestamptz - make_interval(secs => ${HORIZON_LAG_SECONDS})`);
}

/** The same for one webhook, to the end of a span. */
export async function moveHorizon(transaction: Database, id: string, to: string): Promise<void> {
  await transaction.execute(sql`
    update ${webhookProgress} set horizon = ${to}::timestamptz where webhook_id = ${id} and horizon < ${to}::timestamptz`);
}
