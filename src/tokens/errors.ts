import { type Scope, scopeName } from '../auth/scope.js';
import { DomainError } from '../errors.js';

/** No token has that id. */
export class TokenNotFound extends DomainError {
  readonly code = 'TOKEN_NOT_FOUND';

  constructor() {
    super('There is no such token.');
  }
}

/** A token can do more than the caller, who would get hold of it. Nothing was issued. */
export class ScopesBeyondCaller extends DomainError {
  readonly code = 'FORBIDDEN';

  constructor(coordinate: string, { required, missing }: { required: readonly Scope[]; missing: readonly Scope[] }) {
    super(`This token can do what you cannot: ${missing.join(', ')}.`, {
      coordinate,
      requiredScopes: required.map(scopeName),
      missingScopes: missing.map(scopeName),
    });
  }
}
