import { BadAuthorization } from './errors.js';
import { ANONYMOUS, type Authenticated, type Principal } from './principal.js';

/** Finds out whose a bearer token is. Throws `InvalidCredential` where it does not count. */
export type VerifyBearer = (bearer: string) => Promise<Authenticated>;

/** RFC 6750, section 2.1: one scheme, one or more spaces, one b64token. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Makes a principal of a request's credential.
 *
 * @param authorizations every `Authorization` header as it was sent: of two, Node's merged headers show the first alone.
 * @throws BadAuthorization unless there is none, or one that carries one Bearer token.
 * @throws InvalidCredential when the token does not count.
 */
export async function authenticate(authorizations: readonly string[], verify: VerifyBearer): Promise<Principal> {
  const [header, ...others] = authorizations;
  if (header === undefined) return ANONYMOUS;
  if (others.length > 0) throw new BadAuthorization('Send one Authorization header, not several.');
  return await verify(parseBearer(header));
}

/**
 * The token of an `Authorization` value. The scheme is compared without regard to case (RFC 9110, section 11.1).
 *
 * @throws BadAuthorization when it is anything but one Bearer token.
 */
export function parseBearer(header: string): string {
  const bearer = BEARER.exec(header)?.[1];
  if (bearer === undefined) throw new BadAuthorization('Send the token as `Authorization: Bearer <token>`.');
  return bearer;
}
