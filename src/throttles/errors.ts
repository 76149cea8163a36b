import { DomainError } from '../errors.js';
import type { MinuteCount } from './minute-counter.js';

/** Too much was tried or asked for in too short a time. Nothing was done. */
export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';

  /** @param waitMs until it is worth another try. */
  constructor(waitMs: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(`Too many attempts. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
}

/** The refusal of what came after the last that is allowed in a minute; undefined: it may go on. */
export function refusalOf(count: MinuteCount | undefined): RateLimited | undefined {
  return count?.isExceeded ? new RateLimited(count.resetMs) : undefined;
}
