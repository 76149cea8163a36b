import type { VerifyBearer } from './authenticate.js';
import type { AccessClaims, AppClaims, Jwts } from './jwt.js';
import type { Authenticated } from './principal.js';
import { REJECTIONS, type Rejection } from './rejection.js';

/** Verifies each kind of credential. */
export interface Verifiers {
  readonly jwts: Jwts;
  readonly secret: (secret: string) => Promise<Authenticated | Rejection>;
  readonly appToken: (claims: AppClaims) => Promise<Authenticated | Rejection>;
  readonly session: (claims: AccessClaims) => Promise<Authenticated | Rejection>;
}

/** Verifies any bearer token: one with a dot is a JWT, and one with `sid` belongs to a session. */
export function createVerifyBearer({ jwts, secret, appToken, session }: Verifiers): VerifyBearer {
  return async (bearer) => {
    if (!bearer.includes('.')) return await secret(bearer);
    const claims = jwts.read(bearer);
    if (claims === undefined) return REJECTIONS.TOKEN_INVALID;
    return await (claims.sid === undefined ? appToken(claims) : session(claims));
  };
}
