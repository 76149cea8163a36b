import { DomainError } from '../errors.js';

/** Too much waits already, or something waited for too long. Nothing was done. */
export class QueueFull extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The server is overloaded. Retry after 1 s.', { retryAfterSeconds: 1 });
  }
}
