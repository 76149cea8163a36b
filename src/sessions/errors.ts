import { DomainError } from '../errors.js';

/** No user has the name, or the password is wrong: the response does not say which. Nothing was changed. */
export class InvalidCredentials extends DomainError {
  readonly code = 'INVALID_CREDENTIALS';

  constructor() {
    super('The username or the password is wrong.');
  }
}

/** Recognises a wrong password: what the throttle counts. */
export function isInvalidCredentials(error: unknown): boolean {
  return error instanceof InvalidCredentials;
}

const MESSAGES = {
  REFRESH_TOKEN_INVALID: 'The refresh token is not valid. Send the newest one, whole and unchanged.',
  REFRESH_TOKEN_EXPIRED: 'The session was not renewed before it expired, or has reached the maximum lifetime.',
  REFRESH_TOKEN_REVOKED: 'The session was ended.',
  REFRESH_TOKEN_REUSED: 'The refresh token was used before. It may have been stolen, so the session was ended.',
};

/** A refresh token is not exchanged: the user has to log in again, as `action` tells programs. */
export class RefreshTokenRefused extends DomainError {
  readonly code: keyof typeof MESSAGES;

  constructor(code: keyof typeof MESSAGES) {
    super(MESSAGES[code], { action: 'LOGIN' });
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
