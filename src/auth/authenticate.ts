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
  const [header, ...others] = authorizations;
  if (header === undefined) return ANONYMOUS;
  const bearer = others.length === 0 ? BEARER.exec(header)?.[1] : undefined;
  return bearer === undefined ? REJECTIONS.MALFORMED : await verify(bearer);
}
