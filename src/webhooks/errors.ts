import { DomainError } from '../errors.js';

/** No webhook has that id. */
export class WebhookNotFound extends DomainError {
  readonly code = 'WEBHOOK_NOT_FOUND';

  constructor() {
    super('There is no such webhook.');
  }
}

/** The webhooks that one user and all their app tokens can have. */
export const MAX_WEBHOOKS = 20;

/** The owner has as many webhooks as one can have. */
export class WebhookLimit extends DomainError {
  readonly code = 'WEBHOOK_LIMIT';

  constructor() {
    super(`A user, with all their app tokens, has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`, {
      max: MAX_WEBHOOKS,
    });
  }
}
