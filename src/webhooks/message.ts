import { codeVersion } from '../version.js';
import type { WebhookEvent } from './event.js';
import type { Message, Sign } from './keys.js';

/** The `type` of messages, by event. */
export const TYPE_OF_EVENT: Readonly<Record<WebhookEvent, string>> = {
  POINTS_ENTRY: 'points.entry',
  HOLD_ENDED: 'hold.ended',
  TOKEN_EXPIRING: 'token.expiring',
  TOKEN_REVOKED: 'token.revoked',
  USER_DELETED: 'user.deleted',
};

/** What a message says. */
export interface Content {
  /** The `webhook-id`, the same in every delivery of an event. */
  readonly id: string;
  /** `points.entry`; `test`. */
  readonly type: string;
  readonly at: Date;
  readonly data: object;
}

/** The body of a message. Of the same facts it is the same, to the byte. */
export function bodyOf({ type, at, data }: Content): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}

/** @param message.timestamp of this attempt, which tells the receiver how old the message is. */
export function signedHeaders(message: Message, signers: readonly Sign[]): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': `Scrip/${codeVersion}`,
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': signers.map((sign) => sign(message)).join(' '),
  };
}
