import { DomainError } from '../errors.js';

/** The `Authorization` header is not one Bearer token: RFC 6750, section 3.1, `invalid_request`. */
export class BadAuthorization extends DomainError {
  readonly code = 'BAD_AUTHORIZATION';
}

/** Why a credential that was sent does not count. */
export type CredentialFault = 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED';

const FAULTS: Readonly<Record<CredentialFault, string>> = {
  TOKEN_INVALID: 'The token is not valid. Send one that was issued by this server, whole and unchanged.',
  TOKEN_EXPIRED: 'The token has expired. Ask for a new one.',
  TOKEN_REVOKED: 'The token was revoked. Ask for a new one.',
};

/**
 * A credential was sent and does not count: RFC 6750, section 3.1, `invalid_token`. `TOKEN_EXPIRED` and `TOKEN_REVOKED`
 * are told only to whoever proved to hold the secret.
 */
export class InvalidCredential extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor(reason: CredentialFault) {
    super(FAULTS[reason], { reason });
  }
}
