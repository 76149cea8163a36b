import type { Config } from '../config.js';
import { type Bearer, parseBearer, type VerifyBearer } from './authenticate.js';
import { type BasicCredentials, parseBasic } from './basic.js';
import type { ANONYMOUS, Principal } from './principal.js';
import type { Rejection } from './rejection.js';

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

export interface AuthenticateOptions {
  readonly verify: VerifyBearer;
  /** The transports accepted besides Bearer: any other header is ignored, any other scheme is malformed. */
  readonly transports: Config['transports'];
}

/** Authenticates a request by its headers; a name and a password are returned as they are, for `logIn` to check. */
export async function authenticateHeaders(
  headers: CredentialHeaders,
  { verify, transports }: AuthenticateOptions,
): Promise<Principal | Rejection | BasicCredentials> {
  const sent = parseCredential(headers, transports);
  return sent.kind === 'BEARER' ? await verify(sent.bearer) : sent;
}

/** Parses the one credential that the headers of a request may hold. Nothing of it is verified. */
export function parseCredential(
  headers: CredentialHeaders,
  transports: Config['transports'],
): typeof ANONYMOUS | Rejection | BasicCredentials | Bearer {
  const authorizations = asAuthorizations(headers, transports);
  const [authorization = '', ...others] = authorizations;
  const basic = transports.basicLogIn && others.length === 0 ? parseBasic(authorization) : undefined;
  return basic ?? parseBearer(authorizations);
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
