import { DomainError } from '../errors.js';

/** Too much was tried or asked for in too short a time. Nothing was done. */
export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';

  /** @param waitMs until it is worth another try. */
  constructor(waitMs: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(`Too many attempts. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
}
