import { ANONYMOUS, type Authenticated, type Principal } from './principal.js';
import { REJECTIONS, type Rejection } from './rejection.js';

/** Finds out whose a bearer token is, or why it does not count. Throws where that cannot be found out. */
export type VerifyBearer = (bearer: string) => Promise<Authenticated | Rejection>;

/** RFC 6750, section 2.1: one scheme, one or more spaces, one b64token. The scheme's case does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Makes a principal of a request's credential.
 *
 * @param authorizations every `Authorization` header as it was sent: of two, Node's merged headers show the first alone.
 */
export async function authenticate(
  authorizations: readonly string[],
  verify: VerifyBearer,
): Promise<Principal | Rejection> {
  if (authorizations.length === 0) return ANONYMOUS;
  const bearer = bearerOf(authorizations);
  return bearer === undefined ? REJECTIONS.MALFORMED : await verify(bearer);
}

/** The token of a request that has one well-formed `Authorization` header. */
export function bearerOf([header, ...others]: readonly string[]): string | undefined {
  return header === undefined || others.length > 0 ? undefined : BEARER.exec(header)?.[1];
}
