/** Every code that a client can receive in `extensions.code`. docs/reference/errors.md says what each means. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'BAD_AUTHORIZATION',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'UNAVAILABLE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'DOCUMENT_NOT_TRUSTED',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'USER_NOT_FOUND',
  'POST_NOT_FOUND',
  'TOKEN_NOT_FOUND',
  'ENTRY_NOT_FOUND',
  'SESSION_NOT_FOUND',
  'USERNAME_TAKEN',
  'EXTERNAL_ID_TAKEN',
  'INVALID_CREDENTIALS',
  'REFRESH_TOKEN_INVALID',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REVOKED',
  'REFRESH_TOKEN_REUSED',
  'HOLD_NOT_FOUND',
  'INSUFFICIENT_POINTS',
  'BALANCE_LIMIT',
  'TOKEN_LIMIT',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_KEY_CLOSED',
  'ALREADY_REVERSED',
  'NOT_REVERSIBLE',
  'HOLD_ENDED',
  'HOLD_LIMIT',
  'WEBHOOK_NOT_FOUND',
  'WEBHOOK_LIMIT',
  'INTERNAL_SERVER_ERROR',
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An expected failure, with a message for the client. Any other error is masked and logged.
 * `extensions` goes to the client beside the code.
 */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.extensions = extensions;
  }
}

/** Input that breaks a rule which its type cannot state. `field` is the path of the argument: `input.username`. */
export class BadUserInput extends DomainError {
  readonly code = 'BAD_USER_INPUT';

  constructor(field: string, message: string) {
    super(message, { field });
  }
}

/** An error with more extensions for the client. Its cause is the error itself. */
export class WithExtensions extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(cause: unknown, extensions: Readonly<Record<string, unknown>>) {
    super('See the cause.', { cause });
    this.extensions = extensions;
  }
}
