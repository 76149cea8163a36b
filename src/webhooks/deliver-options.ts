/** What deliveries on this node need, and what follows from their attempts. */
import type { Logger } from 'pino';
import { createLimiter } from '../concurrency/limiter.js';
import type { Database, PreparedDatabase } from '../database/connect.js';
import type { PointsFeed } from '../points/feed/points-feed.js';
import { type ContentReads, createContents } from './content.js';
import type { DeliverOptions } from './deliver.js';
import { consequenceOf, noteFailure } from './failures.js';
import type { WebhookKeys } from './keys.js';
import type { LeaseHolder } from './lease.js';
import type { Notes } from './notes.js';
import { createPermit } from './permit.js';
import { restartRow } from './progress.js';
import type { SendMessage } from './send.js';
import type { Webhook } from './webhook.js';

export interface DeliveryContext {
  readonly database: Database;
  readonly lookUps: PreparedDatabase;
  readonly pointsFeed: Pick<PointsFeed, 'entriesAfter'>;
  readonly reads: ContentReads & { readonly webhookById: (id: string) => Promise<Webhook | undefined> };
  readonly keys: WebhookKeys;
  readonly send: SendMessage;
  readonly onAttempt: DeliverOptions['onAttempt'];
  readonly log: Logger;
  readonly holder: LeaseHolder;
  readonly notes: Notes;
  /** Until the next attempt, after each failed one. */
  readonly retrySeconds: readonly number[];
}

/** Statements that note failures, at once: each takes a connection that requests need as well. */
const MAX_FAILURE_STATEMENTS = 2;

export function createDeliverOptions(context: DeliveryContext): DeliverOptions {
  const { lookUps, pointsFeed, reads, keys, send, onAttempt, holder, notes } = context;
  return {
    entriesAfter: pointsFeed.entriesAfter,
    contents: createContents(lookUps, reads),
    notes,
    permit: createPermit({ lookUps, holder, keys, webhookById: reads.webhookById }),
    send,
    onAttempt,
    onFailure: createNoteFailure(context),
    onSequenceAhead: createSetBack(context),
  };
}

function createNoteFailure({ database, log, holder, retrySeconds }: DeliveryContext): DeliverOptions['onFailure'] {
  const limit = createLimiter({ max: MAX_FAILURE_STATEMENTS });
  return async (channel, turn, { failure, webhook }) => {
    const consequence = consequenceOf(failure, turn.attempts + 1, retrySeconds);
    const failed = { row: turn.row, sequence: turn.delivered, holderId: holder.id };
    const { error } = failure;
    const isPaused = await limit(() => noteFailure(database, failed, { error, consequence }, webhook));
    if (consequence.restSeconds !== null || isPaused) channel.block(performance.now());
    if (!isPaused) return;
    const { pausedBecause } = consequence;
    log.warn({ event: 'webhook_paused', webhook: webhook.id, because: pausedBecause, error }, 'a webhook was paused');
  };
}

function createSetBack({ database, log }: DeliveryContext): DeliverOptions['onSequenceAhead'] {
  return async (turn, last) => {
    const { webhookId, subjectId } = turn.row;
    const found = {
      event: 'webhook_ledger_behind',
      webhook: webhookId,
      user: subjectId,
      delivered: turn.delivered,
      last,
    };
    log.warn(found, 'the ledger of a user ends before what was delivered: it was restored to an earlier point');
    await restartRow(database, turn.row, last);
  };
}
