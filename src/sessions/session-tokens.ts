import { randomBytes } from 'node:crypto';
import type { Jwts } from '../auth/jwt.js';
import type { Keyring } from '../auth/keyring.js';
import { SCOPES_OF_ROLE } from '../auth/principal.js';
import type { Config } from '../config.js';
import type { User } from '../users/user.js';
import { createRefreshTokens, type Renewal } from './refresh-token.js';

/** The tokens of a log-in or a renewal. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
  readonly expiresAt: Date;
  readonly userId: string;
}

/** A session when it begins or is renewed. Times are seconds since 1970, by the database's clock. */
export interface LiveSession {
  readonly id: string;
  readonly counter: number;
  readonly user: Pick<User, 'id' | 'role'>;
  readonly endsAt: number;
  readonly now: number;
}

/** Makes the tokens of sessions, and reads the refresh tokens. */
export interface SessionTokens {
  readonly lifetime: Config['sessions'];
  issue(session: LiveSession): TokenPair;
  /** The session and generation of a refresh token; undefined: no key of this server made it. */
  read(refreshToken: string): Renewal | undefined;
}

export function createSessionTokens(options: {
  keyring: Keyring;
  jwts: Jwts;
  lifetime: Config['sessions'];
}): SessionTokens {
  const { keyring, jwts, lifetime } = options;
  const refreshTokens = createRefreshTokens(keyring);
  return {
    lifetime,
    issue: ({ id, counter, user, endsAt, now }) => {
      const iat = Math.floor(now);
      // Not after the session; but at least a second after it was issued.
      const exp = Math.max(iat + 1, Math.min(iat + lifetime.accessTokenSeconds, Math.floor(endsAt)));
      return {
        accessToken: jwts.sign({
          sub: user.id,
          jti: randomBytes(16).toString('base64url'),
          sid: id,
          scope: SCOPES_OF_ROLE[user.role].join(' '),
          iat,
          exp,
        }),
        refreshToken: refreshTokens.make({ sessionId: id, counter }),
        expiresIn: exp - iat,
        expiresAt: new Date(exp * 1000),
        userId: user.id,
      };
    },
    read: refreshTokens.read,
  };
}
