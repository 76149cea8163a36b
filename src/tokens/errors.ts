import { DomainError } from '../errors.js';

/** No token has that id. */
export class TokenNotFound extends DomainError {
  readonly code = 'TOKEN_NOT_FOUND';

  constructor() {
    super('There is no such token.');
  }
}

/** The token has ended, was rotated or is paused, which rules out this change. */
export class TokenNotChangeable extends DomainError {
  readonly code = 'BAD_USER_INPUT';

  constructor(message: string) {
    super(message, { field: 'input.id' });
  }
}
