import { scopeLabel } from './scope.js';

const REALM = 'Bearer realm="scrip"';

/** What a response says about the credential: RFC 6750, section 3. `missing`: none was sent, so no error is named. */
export type Challenge =
  | { readonly error: 'missing' | 'invalid_request' | 'invalid_token' }
  /** `scopes`: all that the operation requires, as enum names, in the enum's order; undefined: no scope would help. */
  | { readonly error: 'insufficient_scope'; readonly scopes?: readonly string[] };

/** The value of `WWW-Authenticate`; nothing else writes that header. */
export function wwwAuthenticate(challenge: Challenge): string {
  switch (challenge.error) {
    case 'missing':
      return REALM;
    case 'insufficient_scope': {
      const scope = challenge.scopes && `, scope="${challenge.scopes.map(scopeLabel).join(' ')}"`;
      return `${REALM}, error="insufficient_scope"${scope ?? ''}`;
    }
    default:
      return `${REALM}, error="${challenge.error}"`;
  }
}
