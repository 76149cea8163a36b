import { DomainError } from '../errors.js';

/** No token has that id. */
export class TokenNotFound extends DomainError {
  readonly code = 'TOKEN_NOT_FOUND';

  constructor() {
    super('There is no such token.');
  }
}

/** The token has ended, was rotated or is paused, and cannot be changed so. The input is that of a token that was once right. */
export class TokenNotChangeable extends DomainError {
  readonly code = 'BAD_USER_INPUT';

  constructor(message: string) {
    super(message, { field: 'input.id' });
  }
}
