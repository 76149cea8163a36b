/** What the API refuses with, and when to send the same request again. */

/** An error in a response. */
export interface Refusal {
  readonly message: string;
  readonly extensions?: RefusalDetails;
}

/** The details that programs act on. A code has further ones, such as `available` and `needed` of INSUFFICIENT_POINTS. */
export interface RefusalDetails {
  /** One of docs/reference/errors.md. A later release may have more: treat those by `effect`. */
  readonly code?: string;
  /** NONE: nothing was changed. UNKNOWN: the change may have been applied. */
  readonly effect?: 'NONE' | 'UNKNOWN';
  /** When to send the same request again, if that can help. */
  readonly retryAfterSeconds?: number;
  readonly [detail: string]: unknown;
}

/** The server refused, and would refuse again. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  /** The code with which the server closed the WebSocket; undefined: it refused in a response. */
  readonly closeCode: number | undefined;

  constructor(refusal: Refusal, closeCode?: number) {
    super(refusal.message);
    this.refusal = refusal;
    this.closeCode = closeCode;
  }
}

/** No certain response arrived within `retrySeconds`. Try again later; a change with the same idempotency key. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Whether to send the same request again. A final refusal, such as INSUFFICIENT_POINTS, would be repeated. */
export function isRetryable({ extensions = {} }: Refusal): boolean {
  return extensions.effect === 'UNKNOWN' || extensions.retryAfterSeconds !== undefined;
}

/** In milliseconds: what the server asks for, plus a random time that grows, so that clients do not all retry at once. */
export function retryDelay({ extensions = {} }: Refusal, attempt: number): number {
  return (extensions.retryAfterSeconds ?? 0) * 1_000 + Math.random() * Math.min(100 * 2 ** attempt, 10_000);
}
