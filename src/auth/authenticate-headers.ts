import type { Config } from '../config.js';
import { authenticate, type VerifyBearer } from './authenticate.js';
import { type BasicCredentials, parseBasic } from './basic.js';
import type { Principal } from './principal.js';
import { REJECTIONS, type Rejection } from './rejection.js';

/** The headers that can hold a credential, each as often as it was sent. */
export interface CredentialHeaders {
  readonly authorization?: readonly string[];
  readonly 'api-token'?: readonly string[];
}

/**
 * The same out of a message's headers as they were sent, names and values in turn: Node's own form shows of two
 * `Authorization` headers the first alone, and its form that shows all takes all headers apart.
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
  /** What is taken besides Bearer. The rest is not there: another header means nothing, another scheme is malformed. */
  readonly transports: Config['transports'];
}

/** Makes a principal of a request's headers; a name and a password are handed on, for `logIn` to try. */
export async function authenticateHeaders(
  { authorization: authorizations = [], 'api-token': apiTokens = [] }: CredentialHeaders,
  { verify, transports }: AuthenticateOptions,
): Promise<Principal | Rejection | BasicCredentials> {
  if (transports.apiTokenHeader && apiTokens.length > 0) {
    // Two credentials are none: RFC 6750, section 2.
    return authorizations.length > 0
      ? REJECTIONS.MALFORMED
      : await authenticate(
          apiTokens.map((token) => `Bearer ${token}`),
          verify,
        );
  }
  const [authorization = '', ...others] = authorizations;
  const basic = transports.basicLogIn && others.length === 0 ? parseBasic(authorization) : undefined;
  if (basic !== undefined) return basic;
  const asBearer = (header: string) => header.replace(/^jwt +/i, 'Bearer ');
  return await authenticate(transports.jwtScheme ? authorizations.map(asBearer) : authorizations, verify);
}
