import { DomainError } from '../errors.js';

/** The user is not known or the password is wrong: which of the two, nobody learns. Nothing was begun or changed. */
export class InvalidCredentials extends DomainError {
  readonly code = 'INVALID_CREDENTIALS';

  constructor() {
    super('The user name or the password is wrong.');
  }
}

/** Recognises a wrong password: what the throttle counts. */
export function isInvalidCredentials(error: unknown): boolean {
  return error instanceof InvalidCredentials;
}

const REFUSALS = {
  REFRESH_TOKEN_INVALID: 'The refresh token is not valid. Send the newest one, whole and unchanged.',
  REFRESH_TOKEN_EXPIRED: 'The session was not renewed in time, or has lasted as long as sessions may.',
  REFRESH_TOKEN_REVOKED: 'The session was ended.',
  REFRESH_TOKEN_REUSED: 'The refresh token was used before. Somebody else may hold it, so the session was ended.',
};

/** A refresh token gets no successor: the user has to log in again, which `action` tells a program. */
export class RefreshTokenRefused extends DomainError {
  readonly code: keyof typeof REFUSALS;

  constructor(code: keyof typeof REFUSALS) {
    super(REFUSALS[code], { action: 'LOGIN' });
    this.code = code;
  }
}

/** There is no such session, or none that the caller may end. */
export class SessionNotFound extends DomainError {
  readonly code = 'SESSION_NOT_FOUND';

  constructor() {
    super('There is no such session.');
  }
}
