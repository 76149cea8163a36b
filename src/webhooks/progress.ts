import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { entries } from '../points/table.js';
import { keyOf, type Row } from './row.js';
import { webhookDeliveries, webhookProgress } from './table.js';

/** What was delivered of a row. */
export interface Progress {
  readonly row: Row;
  /** The last entry that was delivered before; the note is made only if the database says the same. */
  readonly from: number;
  readonly to: number;
  /** The date of that entry; null: none was delivered. */
  readonly until: Date | null;
  /** Whether the turn of the row ends: of entries there may be more. */
  readonly ends: boolean;
}

/**
 * Notes what was delivered, of rows whose webhook the node holds and whose progress nothing else has changed. A row whose turn
 * ends is due again if the ledger has more entries. An entry that the statement does not see is found by another one, which
 * notes it in the row: both see what the other has written.
 *
 * @returns the keys of the rows that were noted.
 */
export async function noteProgress(
  database: Database,
  holderId: string,
  notes: readonly Progress[],
): Promise<ReadonlySet<string>> {
  const column = (type: string, read: (note: Progress) => unknown) =>
    sql`${sql.param(notes.map(read))}::${sql.raw(type)}[]`;
  const { rows } = await database.execute<NotedRow>(sql`
    update ${webhookDeliveries} d
       set sequence = note.upto, attempts = case when note.upto > d.sequence or note.ends then 0 else d.attempts end,
           -- A date of JavaScript is rounded down to the millisecond.
           found_until = greatest(d.found_until, note.until + interval '1 millisecond'),
           next_at = case
             when not note.ends then d.next_at
             when d.last_found > note.upto then clock_timestamp()
             when d.event = 'POINTS_ENTRY' and exists (
               select from ${entries} e where e.user_id = d.subject_id and e.sequence > note.upto) then clock_timestamp()
           end
      from unnest(
        ${column('uuid', ({ row }) => row.webhookId)}, ${column('text', ({ row }) => row.event)},
        ${column('uuid', ({ row }) => row.subjectId)}, ${column('bigint', ({ row }) => row.number)},
        ${column('int', ({ row }) => row.restarts)}, ${column('int', ({ from }) => from)},
        ${column('int', ({ to }) => to)}, ${column('timestamptz', ({ until }) => until?.toISOString() ?? null)},
        ${column('boolean', ({ ends }) => ends)}
      ) as note(webhook_id, event, subject_id, number, restarts, since, upto, until, ends)
      join ${webhookProgress} p on p.webhook_id = note.webhook_id and p.lease_holder = ${holderId}
     where d.webhook_id = note.webhook_id and d.event = note.event and d.subject_id = note.subject_id
       and d.number = note.number and d.restarts = note.restarts and d.sequence = note.since
    returning d.webhook_id, d.event, d.subject_id, d.number::float8 as number`);
  return new Set(
    rows.map(({ webhook_id, subject_id, ...row }) => keyOf({ ...row, webhookId: webhook_id, subjectId: subject_id })),
  );
}

interface NotedRow extends Pick<Row, 'event' | 'number'> {
  readonly webhook_id: string;
  readonly subject_id: string;
  readonly [name: string]: unknown;
}

/** Notes that a message of each of these webhooks was accepted just now. */
export async function noteDelivered(
  database: Database,
  holderId: string,
  webhookIds: readonly string[],
): Promise<void> {
  await database.execute(sql`
    update ${webhookProgress} set last_delivered_at = clock_timestamp()
     where webhook_id = any(${sql.param(webhookIds)}::uuid[]) and lease_holder = ${holderId}`);
}

/** Sets a row to the end of a ledger that was restored to an earlier point. */
export async function restartRow(
  database: Database,
  { webhookId, event, subjectId }: Row,
  last: number,
): Promise<void> {
  await database
    .update(webhookDeliveries)
    .set({ sequence: last, lastFound: last, nextAt: null })
    .where(
      and(
        eq(webhookDeliveries.webhookId, webhookId),
        eq(webhookDeliveries.event, event),
        eq(webhookDeliveries.subjectId, subjectId),
      ),
    );
}
