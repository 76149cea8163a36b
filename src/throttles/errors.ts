import { DomainError } from '../errors.js';
import type { MinuteCount } from './minute-counter.js';

/** Too many attempts or requests in a time. Nothing was done. */
export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';

  /** @param waitMs until a retry can succeed; less than a second is told as 1 s. */
  constructor(waitMs: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(`Too many attempts. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
}

/** The error of a request beyond the limit of its minute; undefined: the request is within the limit. */
export function refusalOf(count: MinuteCount | undefined): RateLimited | undefined {
  return count?.isExceeded ? new RateLimited(count.resetMs) : undefined;
}
