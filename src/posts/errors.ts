import { DomainError } from '../errors.js';

/** No post has that id. */
export class PostNotFound extends DomainError {
  readonly code = 'POST_NOT_FOUND';

  constructor() {
    super('There is no such post.');
  }
}
