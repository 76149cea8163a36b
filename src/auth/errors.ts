import { DomainError } from '../errors.js';
import { NETWORK_NOT_ALLOWED } from './allowed-networks.js';
import { type Fault, REJECTIONS } from './rejection.js';
import { type Scope, scopeName } from './scope.js';

/** The credential of a running operation has ended. Its earlier changes stand; it makes no more. */
export class CredentialEnded extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor(fault: Fault) {
    super(REJECTIONS[fault].message, { reason: fault });
  }
}

/** The client's address is outside the networks of its token, as they are now. Earlier changes stand; it makes no more. */
export class NetworkNotAllowed extends DomainError {
  readonly code = 'FORBIDDEN';

  constructor() {
    super(NETWORK_NOT_ALLOWED, { reason: 'NETWORK_NOT_ALLOWED' });
  }
}

/**
 * The credential ended and is valid again, as when a role is revoked and granted again; or a token has other scopes or
 * networks, which suffice too. Nothing was changed.
 */
export class CredentialChanged extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The permissions of the caller were changed at the same time. Retry after 1 s.', { retryAfterSeconds: 1 });
  }
}

/** The operation has timed out and its response was sent. It starts nothing more. */
export class OperationAbandoned extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor() {
    super('The operation took too long. Retry shortly.', { retryAfterSeconds: 1 });
  }
}

/** The caller lacks scopes, which only the running operation could find out. The field changed nothing. */
export class ScopesMissing extends DomainError {
  readonly code = 'FORBIDDEN';

  constructor(coordinate: string, scopes: ScopeShortfall, message: (missing: string) => string) {
    const { required, held, missingAny = [] } = scopes;
    const missing = required.filter((scope) => !held.includes(scope));
    const inWords = missingAny.length > 0 ? [...missing, `one of ${missingAny.join(' or ')}`] : missing;
    super(message(inWords.join(', ')), {
      coordinate,
      requiredScopes: required.map(scopeName),
      missingScopes: missing.map(scopeName),
      ...(missingAny.length > 0 && { requiredAnyScopes: [missingAny.map(scopeName)] }),
    });
  }
}

/** A token with limits, networks or documents gives no access to others. The policy decides that; this is for one limited meanwhile. */
export class TokenLimited extends DomainError {
  readonly code = 'FORBIDDEN';

  constructor(coordinate: string, required: readonly Scope[]) {
    super(
      `${coordinate} gives access to others, which a token with limits, networks or documents may not. Nothing was changed.`,
      { coordinate, reason: 'LIMITED_TOKEN', requiredScopes: required.map(scopeName), missingScopes: [] },
    );
  }
}

/** What a field requires here, and what the credential holds. */
interface ScopeShortfall {
  readonly required: readonly Scope[];
  readonly held: readonly Scope[];
  /** Scopes of which the field requires one, and the credential holds none. */
  readonly missingAny?: readonly Scope[];
}

/** The role or the scopes by which a change had been allowed were taken from the caller before it was made. */
export function roleChanged(coordinate: string, scopes: ScopeShortfall): ScopesMissing {
  return new ScopesMissing(
    coordinate,
    scopes,
    (missing) => `The caller no longer holds ${missing}. Nothing was changed.`,
  );
}
