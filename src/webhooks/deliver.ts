import type { Entry, EntryRef } from '../points/entry.js';
import { SequenceAhead } from '../points/errors.js';
import type { Channel } from './channel.js';
import type { ContentFor, Contents } from './content.js';
import type { Failure } from './failures.js';
import type { Sign } from './keys.js';
import { bodyOf, signedHeaders } from './message.js';
import type { Notes } from './notes.js';
import { type Attempt, type SendMessage, Unconfirmed } from './send.js';
import type { Turn } from './turn.js';
import type { Webhook } from './webhook.js';

/** A webhook to which a request may begin now, with what signs it. */
export interface Permit {
  readonly webhook: Webhook;
  readonly signers: readonly Sign[];
}

export interface DeliverOptions {
  /** The entries after one, oldest first, some of them. @throws SequenceAhead */
  readonly entriesAfter: (ref: EntryRef) => Promise<readonly Entry[]>;
  readonly contents: Contents;
  readonly notes: Notes;
  /** Reads, once it is called, whether a request may begin; undefined: it may not. */
  readonly permit: (channel: Channel) => Promise<Permit | undefined>;
  readonly send: SendMessage;
  readonly onAttempt: (channel: Channel, attempt: Attempt) => void;
  /** Notes a failure, after what was delivered before it. */
  readonly onFailure: (channel: Channel, turn: Turn, failed: { failure: Failure; webhook: Webhook }) => Promise<void>;
  /** The ledger ends before what was delivered: it was restored to an earlier point. Sets the row to its end. */
  readonly onSequenceAhead: (turn: Turn, last: number) => Promise<void>;
}

/** A turn ends after this time, so that the other users of a webhook, and the other webhooks, have theirs. */
const TURN_MS = 2_000;

/** How sending a message ended. `STOPPED`: it was not sent, or whether it was accepted is unknown. */
type Sent = 'ACCEPTED' | 'FAILED' | 'STOPPED';

/** Works on one row: sends its next entries one after the other, or its event. */
export type Deliver = (channel: Channel, turn: Turn) => Promise<void>;

export function createDeliver(options: DeliverOptions): Deliver {
  const { entriesAfter, contents, notes, onSequenceAhead } = options;
  const sendOne = createSendOne(options);

  const deliverEntries = async (channel: Channel, turn: Turn): Promise<void> => {
    const endsAt = performance.now() + TURN_MS;
    for (const entry of await entriesAfter({ userId: turn.row.subjectId, sequence: turn.delivered })) {
      const sent = await sendOne(channel, turn, await contents.ofEntry(entry));
      if (sent === 'FAILED') return;
      if (sent === 'STOPPED') return await notes.write(turn);
      turn.delivered = entry.sequence;
      turn.until = entry.recordedAt;
      notes.advance(turn);
      if (performance.now() > endsAt) break;
    }
    await notes.end(turn);
  };

  const deliverEvent = async (channel: Channel, turn: Turn): Promise<void> => {
    const contentFor = await contents.ofEvent(turn.row);
    if (contentFor === undefined || (await sendOne(channel, turn, contentFor)) === 'ACCEPTED') await notes.end(turn);
  };

  return async (channel, turn) => {
    if (turn.row.event !== 'POINTS_ENTRY') return await deliverEvent(channel, turn);
    try {
      await deliverEntries(channel, turn);
    } catch (error) {
      if (!(error instanceof SequenceAhead)) throw error;
      await onSequenceAhead(turn, Number(error.extensions['lastSequence']));
    }
  };
}

/**
 * Creates what sends one message. Everything is read before the permit is, and nothing after it: what the webhook needs may
 * end at any time.
 */
function createSendOne({ notes, permit, send, onAttempt, onFailure }: DeliverOptions) {
  return async (channel: Channel, turn: Turn, contentFor: ContentFor): Promise<Sent> => {
    const permitted = await permit(channel);
    if (permitted === undefined || turn.isMoved) return 'STOPPED';
    const { webhook, signers } = permitted;
    if (!webhook.events.includes(turn.row.event)) return 'STOPPED'; // the update has deleted the row
    const content = contentFor(webhook);
    const message = { id: content.id, timestamp: Math.floor(Date.now() / 1_000), body: bodyOf(content) };
    const headers = signedHeaders(message, signers);
    const confirm = async () => (await permit(channel))?.webhook.url === webhook.url && !turn.isMoved;
    const attempt = await timed(channel, turn, () =>
      send({ url: webhook.url, headers, body: message.body, confirm, signal: channel.signal }),
    );
    if (attempt === undefined) return 'STOPPED';
    onAttempt(channel, attempt);
    if (attempt.kind === 'ACCEPTED') return 'ACCEPTED';
    await notes.write(turn);
    if (!turn.isMoved) await onFailure(channel, turn, { failure: attempt, webhook });
    return 'FAILED';
  };
}

/** @returns undefined where the request was ended by the signal, or was not confirmed. */
async function timed(channel: Channel, turn: Turn, request: () => Promise<Attempt>): Promise<Attempt | undefined> {
  const startedAt = performance.now();
  turn.requestedAt = startedAt;
  try {
    const attempt = await request();
    channel.attempted(attempt, performance.now() - startedAt);
    return attempt;
  } catch (error) {
    if (channel.signal.aborted || error instanceof Unconfirmed) return undefined;
    throw error;
  } finally {
    turn.requestedAt = undefined;
  }
}
