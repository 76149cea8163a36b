import jsonwebtoken from 'jsonwebtoken';
import * as z from '../zod.js';
import type { Keyring } from './keyring.js';
import type { Fault } from './rejection.js';

/** What a signed token says. The names are those of RFC 7519 and RFC 9068; times are seconds since 1970. */
export type Claims = AccessClaims | AppClaims;

interface CommonClaims {
  /** The id of the session's user, or of the token's owner. */
  readonly sub: string;
  /** Scopes as they were at the time of signing, with spaces between. What holds is looked up. */
  readonly scope: string;
  readonly iat: number;
}

/** A session's access token. */
export interface AccessClaims extends CommonClaims {
  readonly jti: string;
  readonly sid: string;
  readonly exp: number;
}

/** An app token in the form of a JWT; `jti` is its id. */
export interface AppClaims extends CommonClaims {
  readonly jti: string;
  readonly sid?: undefined;
  readonly exp?: number | undefined;
}

/** Signs and reads JSON Web Tokens, all of one profile: header `alg`, `typ: at+jwt`, `kid` and nothing else. */
export interface Jwts {
  /** The `kid` of what is signed. */
  readonly keyId: string;
  sign(claims: Claims): string;
  /**
   * The claims of a token that one of our keys signed, for us; undefined for anything else. Whether their time has
   * come, or is over, is not judged here: the database's clock decides that.
   */
  read(token: string): Claims | undefined;
}

/** A token of ours is far below; what is longer costs nothing. */
const MOST_CHARACTERS = 4_096;

/** No session asks for a longer life than this, the most that ACCESS_TOKEN_SECONDS can be. */
const MOST_SECONDS = 86_400;

/** Three parts in base64url: RFC 7515, section 7.1. */
const COMPACT = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Strict, so that no extension is passed over: who sends `crit` asks not to be understood by halves (RFC 7515, 4.1.11). */
const header = z.strictObject({ alg: z.string(), typ: z.literal('at+jwt'), kid: z.string() });

/**
 * The profile stands above the library, which ignores `typ` and `crit`, takes a missing, infinite or far-off `exp` and an
 * `iat` in the future, answers payloads that are no objects, and throws what it pleases before it looks at a signature.
 */
export function createJwts(options: { keyring: Keyring; issuer: string; audience: string }): Jwts {
  const { keyring, issuer, audience } = options;
  const keys = new Map(keyring.all.map((key) => [key.id, key]));
  const claims = claimsFor(issuer, audience);

  return {
    keyId: keyring.current.id,
    sign: ({ sub, jti, sid, scope, iat, exp }) => {
      const { id, algorithm, signing } = keyring.current;
      const payload = { iss: issuer, aud: audience, sub, jti, sid, scope, iat, nbf: iat };
      return jsonwebtoken.sign(exp === undefined ? payload : { ...payload, exp }, signing, {
        algorithm,
        header: { alg: algorithm, typ: 'at+jwt', kid: id },
      });
    },
    read: (token) => {
      if (token.length > MOST_CHARACTERS) return undefined;
      const parsed = header.safeParse(parseHeader(token));
      const key = parsed.success ? keys.get(parsed.data.kid) : undefined;
      if (key === undefined || key.algorithm !== parsed.data?.alg) return undefined;
      try {
        const payload = jsonwebtoken.verify(token, key.verifying, {
          algorithms: [key.algorithm],
          // Judged by the profile: the first by the database's clock, the others also where they are absent.
          ignoreExpiration: true,
          ignoreNotBefore: true,
        });
        return claims.safeParse(payload).data;
      } catch {
        return undefined;
      }
    },
  };
}

/** How far two clocks may be apart. */
const LEEWAY_SECONDS = 5;

/** What is wrong with claims at an instant of the database's clock, in seconds since 1970; undefined: nothing. */
export function untimely({ iat, exp }: Claims, now: number): Fault | undefined {
  // `nbf` equals `iat`.
  if (iat > now + LEEWAY_SECONDS) return 'TOKEN_INVALID';
  return exp !== undefined && exp + LEEWAY_SECONDS <= now ? 'TOKEN_EXPIRED' : undefined;
}

function claimsFor(issuer: string, audience: string) {
  const common = {
    iss: z.literal(issuer),
    aud: z.literal(audience),
    sub: z.uuid(),
    scope: z.string(),
    iat: z.int().min(0),
    nbf: z.int(),
  };
  const access = z.object({ ...common, jti: z.string().min(1), sid: z.uuid(), exp: z.int() });
  const app = z.object({ ...common, jti: z.uuid(), sid: z.undefined().optional(), exp: z.int().optional() });
  return z
    .union([access, app])
    .refine(({ iat, nbf }) => nbf === iat)
    .refine(({ sid, iat, exp = 0 }) => sid === undefined || (exp > iat && exp - iat <= MOST_SECONDS));
}

function parseHeader(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(COMPACT.exec(token)?.[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
