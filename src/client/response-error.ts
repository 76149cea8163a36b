/** The errors of responses, and when to send the same request again. */

/** An error in a response. */
export interface ResponseError {
  readonly message: string;
  readonly extensions?: ErrorDetails | undefined;
}

/** The details that programs act on. A code has further ones, such as `available` and `needed` of INSUFFICIENT_POINTS. */
export interface ErrorDetails {
  /** One of docs/reference/errors.md. A later release may have more: treat those by `effect`. */
  readonly code?: string;
  /** NONE: nothing was changed. UNKNOWN: the change may have been applied. */
  readonly effect?: 'NONE' | 'UNKNOWN';
  /** When to send the same request again, if that can help. */
  readonly retryAfterSeconds?: number;
  readonly [detail: string]: unknown;
}

/**
 * The API did not run a request, or closed a connection, and would do so again: the token lacks a scope, for example. Of a
 * change: the ledger decided nothing. An earlier request with its idempotency key may still have been applied.
 */
export class ApiError extends Error implements ResponseError {
  override readonly name = 'ApiError';
  readonly extensions: ErrorDetails;
  /** The code with which the server closed the WebSocket; undefined: the error was in a response. */
  readonly closeCode: number | undefined;

  constructor({ message, extensions = {} }: ResponseError, closeCode?: number) {
    super(message);
    this.extensions = extensions;
    this.closeCode = closeCode;
  }
}

/** No certain response arrived within `retrySeconds`. Try again later; a change with the same idempotency key. */
export class Unavailable extends Error implements ResponseError {
  override readonly name = 'Unavailable';
  /** Of the last response. */
  readonly extensions: ErrorDetails;

  constructor({ message, extensions = {} }: ResponseError) {
    super(message);
    this.extensions = extensions;
  }
}

/**
 * Whether to send the same request again. Other errors, such as INSUFFICIENT_POINTS, would be repeated. An error without a code
 * is not one of the API, but for example of a gateway.
 */
export function isRetryable({ extensions = {} }: ResponseError): boolean {
  const { code, effect, retryAfterSeconds } = extensions;
  return code === undefined || effect === 'UNKNOWN' || retryAfterSeconds !== undefined;
}

/** Whether an error is a refusal: the ledger decided not to make a change. Any other error says nothing of the key. */
export function isRefusal({ extensions = {} }: ResponseError): boolean {
  return typeof extensions['replayed'] === 'boolean';
}

/** In milliseconds: what the server asks for, plus a random time that grows, so that clients do not all retry at once. */
export function retryDelay({ extensions = {} }: ResponseError, attempt: number): number {
  return (extensions.retryAfterSeconds ?? 0) * 1_000 + Math.random() * Math.min(100 * 2 ** attempt, 10_000);
}

/** What a method throws for an error. */
export function thrownFor(error: ResponseError): ApiError | Unavailable {
  return isRetryable(error) ? new Unavailable(error) : new ApiError(error);
}
