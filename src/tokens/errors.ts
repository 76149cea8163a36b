import { DomainError } from '../errors.js';

/** No token has that id. */
export class TokenNotFound extends DomainError {
  readonly code = 'TOKEN_NOT_FOUND';

  constructor() {
    super('There is no such token.');
  }
}
