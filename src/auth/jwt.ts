import jsonwebtoken from 'jsonwebtoken';
import * as z from '../zod.js';
import type { Keyring } from './keyring.js';
import type { Fault } from './rejection.js';

/** The claims of a signed token, named as in RFC 7519 and RFC 9068; times are seconds since 1970. */
export type Claims = AccessClaims | AppClaims;

interface CommonClaims {
  /** The id of the session's user, or of the token's owner. */
  readonly sub: string;
  /** The scopes at the time of signing, separated by spaces. Those that hold now are looked up. */
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
  /** The `kid` of the key that signs. */
  readonly keyId: string;
  sign(claims: Claims): string;
  /**
   * The claims of a token that one of the keys signed, for this issuer and audience; undefined for anything else. `iat` and
   * `exp` are not compared with a clock here: see `untimely`.
   */
  read(token: string): Claims | undefined;
}

/** Own tokens are far shorter; a longer text is not parsed. */
const MAX_CHARACTERS = 4_096;

/** The longest life of an access token: the maximum of ACCESS_TOKEN_SECONDS. */
const MAX_SECONDS = 86_400;

/** Three parts in base64url: RFC 7515, section 7.1. */
const COMPACT = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Strict: a token with an extension, as `crit` announces one, must be rejected (RFC 7515, section 4.1.11). */
const header = z.strictObject({ alg: z.string(), typ: z.literal('at+jwt'), kid: z.string() });

/**
 * The profile is stricter than the library, which ignores `typ` and `crit`, accepts a missing, infinite or far-off `exp`,
 * an `iat` in the future and payloads that are no objects, and throws errors of many kinds before it verifies a signature.
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
      if (token.length > MAX_CHARACTERS) return undefined;
      const parsed = header.safeParse(parseHeader(token));
      const key = parsed.success ? keys.get(parsed.data.kid) : undefined;
      if (key === undefined || key.algorithm !== parsed.data?.alg) return undefined;
      try {
        const payload = jsonwebtoken.verify(token, key.verifying, {
          algorithms: [key.algorithm],
          // Checked by the profile: `exp` by the database's clock, and `nbf` also where it is absent.
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

/** How far apart the clocks of two nodes may be. */
const LEEWAY_SECONDS = 5;

/** The fault of claims at a time of the database's clock, in seconds since 1970; undefined: none. */
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
    .refine(({ sid, iat, exp = 0 }) => sid === undefined || (exp > iat && exp - iat <= MAX_SECONDS));
}

function parseHeader(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(COMPACT.exec(token)?.[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
