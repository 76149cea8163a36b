import { ANONYMOUS, type Authenticated, type Principal } from './principal.js';
import { REJECTIONS, type Rejection } from './rejection.js';

/** Verifies a bearer token. Throws where the database cannot be asked. */
export type VerifyBearer = (bearer: string) => Promise<Authenticated | Rejection>;

/** RFC 6750, section 2.1: one scheme, one or more spaces, one b64token. The scheme's case does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** A token that was sent, before it is verified. */
export interface Bearer {
  readonly kind: 'BEARER';
  readonly bearer: string;
}

/**
 * Authenticates a request by its credential.
 *
 * @param authorizations every `Authorization` header as it was sent.
 */
export async function authenticate(
  authorizations: readonly string[],
  verify: VerifyBearer,
): Promise<Principal | Rejection> {
  const sent = parseBearer(authorizations);
  return sent.kind === 'BEARER' ? await verify(sent.bearer) : sent;
}

/** Parses the `Authorization` headers of a request: none, or exactly one token. */
export function parseBearer(authorizations: readonly string[]): typeof ANONYMOUS | Rejection | Bearer {
  if (authorizations.length === 0) return ANONYMOUS;
  const bearer = bearerOf(authorizations);
  return bearer === undefined ? REJECTIONS.MALFORMED : { kind: 'BEARER', bearer };
}

/** The token of a request that has one well-formed `Authorization` header. */
export function bearerOf([header, ...others]: readonly string[]): string | undefined {
  return header === undefined || others.length > 0 ? undefined : BEARER.exec(header)?.[1];
}
