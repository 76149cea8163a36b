import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { Keyring } from '../auth/keyring.js';

/** The contents of a refresh token: a session, and how often it had been renewed when the token was made. */
export interface Renewal {
  readonly sessionId: string;
  readonly counter: number;
}

/**
 * Makes and reads refresh tokens. They are derived from the session and a key that no database holds: the same renewal
 * always has the same token, and none can be made from what is stored.
 */
export interface RefreshTokens {
  /** `scrip_rt_` and 72 characters of base64url. */
  make(renewal: Renewal): string;
  /** The contents of a token that a key of the ring has made; undefined for anything else. */
  read(token: string): Renewal | undefined;
}

const PREFIX = 'scrip_rt_';
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{72}$`);

/** The session's id, the counter and the code: 54 bytes, so that base64url has no unused bits and each token one spelling. */
const ID_BYTES = 16;
const COUNTER_BYTES = 6;

export function createRefreshTokens({ current, all }: Keyring): RefreshTokens {
  const keys = new Map(all.map(({ id, derive }) => [id, derive('refresh token')]));

  const authenticated = (renewal: Buffer, keyId: string): Buffer => {
    const key = keys.get(keyId);
    if (key === undefined) throw new Error('The ring lacks its own key.');
    return Buffer.concat([renewal, createHmac('sha256', key).update(renewal).digest()]);
  };

  return {
    make: ({ sessionId, counter }) => {
      const renewal = Buffer.alloc(ID_BYTES + COUNTER_BYTES);
      renewal.set(parse(sessionId));
      renewal.writeUIntBE(counter, ID_BYTES, COUNTER_BYTES);
      return PREFIX + authenticated(renewal, current.id).toString('base64url');
    },
    read: (token) => {
      if (!FORM.test(token)) return undefined;
      const received = Buffer.from(token.slice(PREFIX.length), 'base64url');
      const renewal = received.subarray(0, ID_BYTES + COUNTER_BYTES);
      if (!all.some(({ id }) => timingSafeEqual(authenticated(renewal, id), received))) return undefined;
      return {
        sessionId: stringify(renewal.subarray(0, ID_BYTES)),
        counter: renewal.readUIntBE(ID_BYTES, COUNTER_BYTES),
      };
    },
  };
}
