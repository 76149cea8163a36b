/** What follows a failed attempt: a later one, a rest of the webhook, or its pause. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { SERVER } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { recordWebhook } from './record-webhook.js';
import type { Row } from './row.js';
import type { Attempt } from './send.js';
import { webhookDeliveries, webhookProgress, webhooks } from './table.js';
import type { Webhook } from './webhook.js';

export type Failure = Extract<Attempt, { kind: 'FAILED' }>;

/** Seconds until the next attempt, after each failed one: 10 attempts within about three days. */
export const RETRY_SECONDS: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** An attempt comes up to a tenth earlier or later than planned: what failed at once is not sent at once again. */
const JITTER = 0.1;

/** The receiver wants no request at all for some time, whatever it is about. */
const BUSY: ReadonlySet<number | null> = new Set([429, 503]);

const GONE = 410;

/** What is done about a failed attempt. */
export interface Consequence {
  /** Null: there is no further attempt. */
  readonly retrySeconds: number | null;
  /** For which nothing is sent to the webhook; null: for none. */
  readonly restSeconds: number | null;
  /** Null: it is not paused. */
  readonly pausedBecause: 'GONE' | 'FAILURES' | null;
}

/** @param attempts the failed attempts in a row, this one included. */
export function consequenceOf(
  { status, retryAfterSeconds }: Failure,
  attempts: number,
  retrySeconds: readonly number[] = RETRY_SECONDS,
): Consequence {
  const planned = retrySeconds[attempts - 1];
  const restSeconds = BUSY.has(status) ? retryAfterSeconds : null;
  if (status === GONE) return { retrySeconds: null, restSeconds, pausedBecause: 'GONE' };
  if (planned === undefined) return { retrySeconds: null, restSeconds, pausedBecause: 'FAILURES' };
  const jittered = planned * (1 + JITTER * (2 * Math.random() - 1));
  return { retrySeconds: Math.max(jittered, retryAfterSeconds ?? 0), restSeconds, pausedBecause: null };
}

/**
 * Notes a failed attempt of a webhook whose lease the node holds. One that is paused keeps its rows, due as they were.
 *
 * @returns whether the webhook was paused by it.
 */
export async function noteFailure(
  database: Database,
  { row, sequence, holderId }: { readonly row: Row; readonly sequence: number; readonly holderId: string },
  { error, consequence }: { readonly error: string; readonly consequence: Consequence },
  webhook: Webhook,
): Promise<boolean> {
  const { retrySeconds, restSeconds, pausedBecause } = consequence;
  const { webhookId, event, subjectId, number } = webhookDeliveries;
  return await database.transaction(async (transaction) => {
    const isPaused = pausedBecause !== null && (await pause(transaction, webhook, pausedBecause));
    const { rowCount } = await transaction
      .update(webhookProgress)
      .set({
        lastFailureAt: sql`clock_timestamp()`,
        lastFailure: error,
        ...(restSeconds !== null && {
          restUntil: sql`greatest(${webhookProgress.restUntil}, clock_timestamp() + make_interval(secs => ${restSeconds}))`,
        }),
      })
      .where(and(eq(webhookProgress.webhookId, row.webhookId), eq(webhookProgress.leaseHolder, holderId)));
    if (rowCount === 0) return isPaused;
    await transaction
      .update(webhookDeliveries)
      .set({
        attempts: sql`${webhookDeliveries.attempts} + 1`,
        nextAt: sql`clock_timestamp() + make_interval(secs => ${retrySeconds ?? 0})`,
      })
      .where(
        and(
          eq(webhookId, row.webhookId),
          eq(event, row.event),
          eq(subjectId, row.subjectId),
          eq(number, row.number),
          eq(webhookDeliveries.sequence, sequence),
        ),
      );
    return isPaused;
  });
}

async function pause(transaction: Database, webhook: Webhook, pausedBecause: 'GONE' | 'FAILURES'): Promise<boolean> {
  const { rowCount } = await transaction
    .update(webhooks)
    .set({ pausedAt: sql`clock_timestamp()`, pausedBecause })
    .where(and(eq(webhooks.id, webhook.id), isNull(webhooks.pausedAt)));
  if (rowCount === 0) return false;
  const detail = pausedBecause === 'GONE' ? 'gone' : 'failures';
  await recordWebhook(transaction, SERVER, webhook, { action: 'WEBHOOK_PAUSED', detail });
  return true;
}
