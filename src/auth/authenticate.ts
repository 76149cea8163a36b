/** From the headers of a request, or the parameters of a connection, to the principal of its credential. */
import type { Config } from '../config.js';
import { type BasicCredentials, parseBasic } from './basic.js';
import { ANONYMOUS, type Anonymous, type Authenticated, type Principal } from './principal.js';
import { REJECTIONS, type Rejection } from './rejection.js';

/** The headers that can hold a credential, each as often as it was sent. */
export interface CredentialHeaders {
  readonly authorization?: readonly string[];
  readonly 'api-token'?: readonly string[];
}

/**
 * Reads them from a message's raw headers, a list of names and values: of two `Authorization` headers, Node's `headers` has
 * the first only, and `headersDistinct` parses all headers.
 */
export function credentialHeaders(rawHeaders: readonly string[]): CredentialHeaders {
  const found = { authorization: [] as string[], 'api-token': [] as string[] };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase();
    if (name === 'authorization' || name === 'api-token') found[name].push(rawHeaders[index + 1] ?? '');
  }
  return found;
}

/**
 * Every credential as an `Authorization` header, with Bearer where it was sent by another transport that is accepted. A
 * request has one credential (RFC 6750, section 2): several are malformed, also of several transports.
 */
export function asAuthorizations(
  { authorization: authorizations = [], 'api-token': apiTokens = [] }: CredentialHeaders,
  { jwtScheme, apiTokenHeader }: Pick<Config['transports'], 'jwtScheme' | 'apiTokenHeader'>,
): readonly string[] {
  return [
    ...(apiTokenHeader ? apiTokens.map((token) => `Bearer ${token}`) : []),
    ...(jwtScheme ? authorizations.map((header) => header.replace(/^jwt +/i, 'Bearer ')) : authorizations),
  ];
}

/** A token that was sent, before it is verified. */
export interface Bearer {
  readonly kind: 'BEARER';
  readonly bearer: string;
}

/**
 * Parses the one credential that the headers of a request may hold. Nothing of it is verified.
 *
 * @param transports accepted besides Bearer: any other header is ignored, any other scheme is malformed.
 */
export function parseCredential(
  headers: CredentialHeaders,
  transports: Config['transports'],
): Anonymous | Rejection | BasicCredentials | Bearer {
  const authorizations = asAuthorizations(headers, transports);
  const [authorization = '', ...others] = authorizations;
  const basic = transports.basicLogIn && others.length === 0 ? parseBasic(authorization) : undefined;
  return basic ?? parseBearer(authorizations);
}

/** Parses the `Authorization` headers of a request: none, or exactly one token. */
export function parseBearer(authorizations: readonly string[]): Anonymous | Rejection | Bearer {
  if (authorizations.length === 0) return ANONYMOUS;
  const bearer = bearerOf(authorizations);
  return bearer === undefined ? REJECTIONS.MALFORMED : { kind: 'BEARER', bearer };
}

/** RFC 6750, section 2.1: one scheme, one or more spaces, one b64token. The scheme's case does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of a request that has one well-formed `Authorization` header. */
export function bearerOf([header, ...others]: readonly string[]): string | undefined {
  return header === undefined || others.length > 0 ? undefined : BEARER.exec(header)?.[1];
}

/** Verifies a bearer token. Throws where the database cannot be asked. */
export type VerifyBearer = (bearer: string) => Promise<Authenticated | Rejection>;

/** Authenticates a request by what it sent: a token is verified, and anything else is returned as it is. */
export async function authenticate<Other extends Anonymous | Rejection | BasicCredentials>(
  sent: Bearer | Other,
  verify: VerifyBearer,
): Promise<Principal | Rejection | Other> {
  return sent.kind === 'BEARER' ? await verify(sent.bearer) : sent;
}
