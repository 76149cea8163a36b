import { DomainError, type ErrorCode } from '../errors.js';

/** A change of points was refused: it had no effect. */
export class PointsRefused extends DomainError {
  readonly code: PointsRefusal;
  readonly details: RefusalDetails;

  constructor(code: PointsRefusal, details: RefusalDetails) {
    const { available, needed, replayed } = details;
    super(available === undefined ? TEXTS[code] : `Not enough points: ${needed} needed, ${available} available.`, {
      replayed,
      ...(available !== undefined && { available, needed }),
    });
    this.code = code;
    this.details = details;
  }
}

export interface RefusalDetails {
  /** Whether this repeats an earlier answer, under its key. */
  readonly replayed: boolean;
  /** What the user had, and would have needed, where it was not enough. */
  readonly available?: number | undefined;
  readonly needed?: number | undefined;
}

/** Nobody came to decide on the change in time: others hold the account, or there is too much to do. Nothing was done. */
export class PointsBusy extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('There was no getting at these points in time. Nothing was changed. Try again shortly.', {
      retryAfterSeconds: 1,
    });
  }
}

/** The credential ended before the account was locked. Nothing was changed. */
export class StaleCredential extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor() {
    super('The credential ended before the change was made.');
  }
}

/** The credential ended and is good again, as when a role is taken away and given back. Nothing was changed. */
export class CredentialChanged extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The role of the caller was changed at the same time. Retry after 1 s.', { retryAfterSeconds: 1 });
  }
}

/** The database went away under the change. What came of it is not known here. */
export class OutcomeUnknown extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor(hasKey: boolean) {
    super(
      hasKey
        ? 'The database went away: the change may have been made. Send it again under the same key, or resolve the key.'
        : 'The database went away: the change may have been made. Look before you send it again, then under a key.',
      hasKey ? { retryAfterSeconds: 1 } : {},
    );
  }
}

/** Whoever follows everybody's entries takes them more slowly than they are written. The ledger has what was missed. */
export class TooSlow extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('You take entries more slowly than they are written. Ask for less of each, or follow users one by one.', {
      retryAfterSeconds: 1,
    });
  }
}

/**
 * A follower names, or was sent, an entry that the ledger does not hold: it was restored from a backup, or a failover lost
 * the end of it. Entries written since could not be told from those that the follower has.
 */
export class SequenceAhead extends DomainError {
  readonly code = 'BAD_USER_INPUT';

  constructor(lastSequence: number) {
    super(
      `The ledger of this user ends at sequence ${lastSequence}. It may have been restored: read it again, then subscribe after its last sequence.`,
      { field: 'after', lastSequence },
    );
  }
}

/** The codes of a refusal. */
export type PointsRefusal = Extract<
  ErrorCode,
  | 'INSUFFICIENT_POINTS'
  | 'BALANCE_LIMIT'
  | 'ALREADY_REVERSED'
  | 'NOT_REVERSIBLE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_CLOSED'
  | 'USER_NOT_FOUND'
  | 'ENTRY_NOT_FOUND'
>;

const TEXTS: Readonly<Record<PointsRefusal, string>> = {
  INSUFFICIENT_POINTS: 'Not enough points.',
  BALANCE_LIMIT: 'Nobody can have more than 9007199254740991 points.',
  ALREADY_REVERSED: 'The entry was reversed before.',
  NOT_REVERSIBLE: 'A reversal cannot be reversed.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used for another change. Take a new key for a new change.',
  IDEMPOTENCY_KEY_CLOSED: 'The idempotency key was closed before anything was done under it. Take a new key.',
  USER_NOT_FOUND: 'There is no such user.',
  ENTRY_NOT_FOUND: 'There is no such entry.',
};
