/** Sends entries as a webhook sends them: per user in their order, the next one once the one before was accepted. */
import { setTimeout as delay } from 'node:timers/promises';
import { createKeyedMutex } from '../concurrency/keyed-mutex.js';
import { createLimiter } from '../concurrency/limiter.js';
import type { Sign } from '../webhooks/keys.js';
import { bodyOf, signedHeaders } from '../webhooks/message.js';
import type { Attempt, SendMessage } from '../webhooks/send.js';
import type { FollowedEntry } from './follow-entries.js';

export interface ForwardOptions {
  /** Where entries are sent to. */
  readonly url: string;
  readonly sign: Sign;
  readonly send: SendMessage;
  /** Ends everything that waits. */
  readonly signal: AbortSignal;
  /** Prints a line. */
  readonly report: (line: string) => void;
}

/** So many requests are in progress at once. */
const MAX_IN_FLIGHT = 16;

/** The pauses after failed attempts. After one more the entry is skipped. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000];

/** Creates what forwards an entry. It is sent once those of its user before it were accepted or skipped. */
export function createForward(options: ForwardOptions): (entry: FollowedEntry) => Promise<void> {
  const inOrder = createKeyedMutex({ maxQueue: Infinity, maxWaitMs: Infinity });
  const limit = createLimiter({ max: MAX_IN_FLIGHT });
  const send: SendMessage = (delivery) => limit(() => options.send(delivery));
  return async (entry) => {
    try {
      await inOrder(entry.user.id, () => forward(entry, { ...options, send }));
    } catch (error) {
      if (!options.signal.aborted) throw error;
    }
  };
}

async function forward(entry: FollowedEntry, options: ForwardOptions): Promise<void> {
  const { signal, report } = options;
  const name = `the entry ${entry.sequence} of ${entry.user.username}`;
  for (const pause of [...PAUSES_MS, undefined]) {
    signal.throwIfAborted();
    const attempt = await sendOnce(entry, options);
    if (attempt.kind === 'ACCEPTED') return report(`Forwarded ${name}: HTTP ${attempt.status}.`);
    if (pause === undefined) break;
    report(`Could not forward ${name}: ${attempt.error}. It is sent again in ${pause / 1_000} s.`);
    await delay(pause, undefined, { signal });
  }
  report(`Skipped ${name}, which was not accepted in ${PAUSES_MS.length + 1} attempts.`);
}

async function sendOnce(entry: FollowedEntry, { url, sign, send, signal }: ForwardOptions): Promise<Attempt> {
  const { id, user, kind, delta, balanceAfter, sequence, reason, reference, metadata, createdAt } = entry;
  const data = { id, user, kind, delta, balanceAfter, sequence, reason, reference, metadata, createdAt };
  const body = bodyOf({ id, type: 'points.entry', at: new Date(createdAt), data });
  const headers = signedHeaders({ id, timestamp: Math.floor(Date.now() / 1_000), body }, [sign]);
  return await send({ url, headers, body, signal });
}
