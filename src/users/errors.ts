import { BadUserInput, DomainError } from '../errors.js';

/** No active user has that id or name. */
export class UserNotFound extends DomainError {
  readonly code = 'USER_NOT_FOUND';

  constructor() {
    super('There is no such user.');
  }
}

/** An active user has that name, perhaps in another case; or it was freed recently and rests. */
export class UsernameTaken extends DomainError {
  readonly code = 'USERNAME_TAKEN';

  /** @param availableAt when a name that rests can be taken, for callers who may learn it; undefined: it seems in use. */
  constructor(availableAt?: Date) {
    if (availableAt === undefined) super('Another user has that name.');
    else {
      const time = availableAt.toISOString();
      super(`That name was freed recently. It can be taken from ${time} on.`, { availableAt: time });
    }
  }
}

/** A user who renames themself has as many names resting as they may have. Nothing was changed. */
export class TooManyRestingUsernames extends DomainError {
  readonly code = 'RATE_LIMITED';

  /** @param waitSeconds until another name may rest; less than a second is told as 1 s. */
  constructor(waitSeconds: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitSeconds));
    super(
      `Too many of your former names are still kept for you. Take one of them back, or try again in ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    );
  }
}

/** Another user has that id in the other system. */
export class ExternalIdTaken extends DomainError {
  readonly code = 'EXTERNAL_ID_TAKEN';

  /** @param holderHasPoints whether that user has points; leave it out where the caller may not know. */
  constructor(holderHasPoints?: boolean) {
    super(
      holderHasPoints === undefined
        ? 'Another user has that external id.'
        : `Another user, ${holderHasPoints ? 'with' : 'without'} points, has that external id.`,
      holderHasPoints === undefined ? {} : { holderHasPoints },
    );
  }
}

/** The unique constraints of names with their errors. PostgreSQL reports one of the violated constraints. */
export const USERNAME_CONSTRAINTS = {
  users_username_key: () => new UsernameTaken(),
  users_have_unique_names: () => new UsernameTaken(),
} as const;

/** Too many passwords wait to be hashed. Nothing was changed. */
export class PasswordsOverloaded extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('Too many passwords are being checked at once. Retry after 1 s.', { retryAfterSeconds: 1 });
  }
}

/** The name is reserved for deleted users. */
export class ReservedUsername extends BadUserInput {
  constructor(field: string) {
    super(field, 'Names that begin with `deleted-` are reserved for deleted users. Choose another name.');
  }
}
