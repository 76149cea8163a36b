import { DomainError } from '../errors.js';
import { type Fault, REJECTIONS } from './rejection.js';
import { type Scope, scopeName } from './scope.js';

/** The credential of a running operation has ended. Its earlier changes stand; it makes no more. */
export class CredentialEnded extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor(fault: Fault) {
    super(REJECTIONS[fault].message, { reason: fault });
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

  /** @param scopes what the field requires here, and what the credential holds. */
  constructor(
    coordinate: string,
    scopes: { readonly required: readonly Scope[]; readonly held: readonly Scope[] },
    message: (missing: string) => string,
  ) {
    const missing = scopes.required.filter((scope) => !scopes.held.includes(scope));
    super(message(missing.join(', ')), {
      coordinate,
      requiredScopes: scopes.required.map(scopeName),
      missingScopes: missing.map(scopeName),
    });
  }
}

/** The role or the scopes by which a change had been allowed were taken from the caller before it was made. */
export function roleChanged(
  coordinate: string,
  scopes: { readonly required: readonly Scope[]; readonly held: readonly Scope[] },
): ScopesMissing {
  return new ScopesMissing(
    coordinate,
    scopes,
    (missing) => `The caller no longer holds ${missing}. Nothing was changed.`,
  );
}
