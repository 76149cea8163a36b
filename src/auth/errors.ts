import { DomainError } from '../errors.js';
import { type Fault, REJECTIONS } from './rejection.js';
import { type Scope, scopeName } from './scope.js';

/** The credential of a running operation has ended. What the operation did before stands; from there on it changes nothing. */
export class CredentialEnded extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor(fault: Fault) {
    super(REJECTIONS[fault].message, { reason: fault });
  }
}

/** The operation was answered already, because it took too long. What it had not begun does not happen any more. */
export class OperationAbandoned extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor() {
    super('The operation took too long. Retry shortly.', { retryAfterSeconds: 1 });
  }
}

/** The caller lacks scopes, which could be found out only while the operation ran. The field changed nothing. */
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
