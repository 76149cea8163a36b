import { BadUserInput, DomainError, type ErrorCode } from '../errors.js';
import type { DailyLimit, ExceededLimit } from './daily-limit.js';
import type { Hold } from './holds/hold.js';
import { MAX_NOTE_BYTES } from './limits.js';

type EndedState = Exclude<Hold['state'], 'HELD'>;

/** A change of points was refused: it had no effect. */
export class PointsRefused extends DomainError {
  readonly code: PointsRefusal;
  readonly details: RefusalDetails;

  constructor(code: PointsRefusal, details: RefusalDetails) {
    const { available, needed, held, state, exceeded, replayed } = details;
    super(describeRefusal(code, details), {
      replayed,
      ...(available !== undefined && { available, needed, held }),
      ...(state !== undefined && { state }),
      ...exceeded,
    });
    this.code = code;
    this.details = details;
  }
}

export interface RefusalDetails {
  /** Whether this repeats an earlier result, under its key. */
  readonly replayed: boolean;
  /** Whether an attempt was lost before: a result that is found under the key then says nothing of the credential. */
  readonly wasLost?: boolean;
  /** For INSUFFICIENT_POINTS: the points that could have been taken, and those needed. */
  readonly available?: number | undefined;
  readonly needed?: number | undefined;
  /** For INSUFFICIENT_POINTS: the points that were held; undefined: an earlier release stored the refusal. */
  readonly held?: number | undefined;
  /** For HOLD_ENDED: how the hold had ended. */
  readonly state?: EndedState | undefined;
  /** For TOKEN_LIMIT. */
  readonly exceeded?: ExceededLimit | undefined;
  /** Those of the app token; absent: it has none. */
  readonly dailyLimits?: readonly DailyLimit[] | undefined;
}

function describeRefusal(code: PointsRefusal, details: RefusalDetails): string {
  const { available, needed, held = 0, state, exceeded } = details;
  if (available !== undefined) {
    return `Not enough points: ${needed} needed, ${available} available${held === 0 ? '' : `, ${held} held`}.`;
  }
  if (state !== undefined) return `The hold has ended: it was ${ENDED[state]}.`;
  if (exceeded === undefined) return TEXTS[code];
  const { limit, max, used, retryAfterSeconds } = exceeded;
  return used === undefined
    ? `The change exceeds the limit ${limit} of the app token, which is ${max}.`
    : `The change exceeds the limit ${limit} of the app token: ${used} of ${max} are used today. It resets in ${retryAfterSeconds} s.`;
}

const ENDED: Readonly<Record<EndedState, string>> = {
  CAPTURED: 'captured',
  RELEASED: 'released',
  EXPIRED: 'expired',
};

/** A transfer names one user twice. Nothing was changed. */
export class SameUser extends BadUserInput {
  constructor() {
    super('input.to', '`to` names the user whose points are to be moved. Name another user.');
  }
}

/** A capture takes over notes of its hold, and has too many bytes of them with its own. Nothing was changed. */
export class NotesTooLong extends BadUserInput {
  constructor() {
    super(
      'input.metadata',
      `A reference and metadata have at most ${MAX_NOTE_BYTES} bytes in UTF-8 together, those of the hold included. Give both.`,
    );
  }
}

/** An imported change is dated in the future, or before the user's last entry. Nothing was changed. */
export class DateRefused extends BadUserInput {
  constructor() {
    super('createdAt', 'createdAt must not be in the future, nor before the last entry of the user.');
  }
}

/** The deadline passed before the change could be decided: the account is locked, or too much waits. Nothing was changed. */
export class PointsBusy extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The account is busy; nothing was changed. Retry shortly.', { retryAfterSeconds: 1 });
  }
}

/** The credential ended before the account was locked. Nothing was changed. */
export class StaleCredential extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor() {
    super('The credential ended before the change was made.');
  }
}

/** The connection to the database was lost during the change. Whether it happened is unknown. */
export class OutcomeUnknown extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor(hasKey: boolean) {
    super(
      hasKey
        ? 'The connection to the database was lost: the change may have been made. Send it again under the same key, or resolve the key.'
        : 'The connection to the database was lost: the change may have been made. Read the ledger before you send it again, and use a key.',
      hasKey ? { retryAfterSeconds: 1 } : {},
    );
  }
}

/** A subscriber to the entries of all users reads them more slowly than they are written. The ledger has the rest. */
export class SlowSubscriber extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The subscriber is too slow. Select fewer fields, or subscribe to single users.', { retryAfterSeconds: 1 });
  }
}

/**
 * A subscriber names, or was sent, an entry that the ledger does not have: it was restored from a backup, or a failover
 * lost the end of it. Entries written since could not be told from those that the subscriber has.
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
  | 'TOKEN_LIMIT'
  | 'ALREADY_REVERSED'
  | 'NOT_REVERSIBLE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_CLOSED'
  | 'USER_NOT_FOUND'
  | 'ENTRY_NOT_FOUND'
  | 'HOLD_NOT_FOUND'
  | 'HOLD_ENDED'
  | 'HOLD_LIMIT'
>;

const TEXTS: Readonly<Record<PointsRefusal, string>> = {
  INSUFFICIENT_POINTS: 'Not enough points.',
  BALANCE_LIMIT: 'A balance cannot exceed 9007199254740991 points.',
  TOKEN_LIMIT: 'The change exceeds a limit of the app token.',
  ALREADY_REVERSED: 'The entry is already reversed.',
  NOT_REVERSIBLE: 'A reversal cannot be reversed.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used for another change. Use a new key for a new change.',
  IDEMPOTENCY_KEY_CLOSED: 'The idempotency key was closed before a change was made under it. Use a new key.',
  USER_NOT_FOUND: 'There is no such user.',
  ENTRY_NOT_FOUND: 'There is no such entry.',
  HOLD_NOT_FOUND: 'There is no such hold.',
  HOLD_ENDED: 'The hold has ended.',
  HOLD_LIMIT: 'A user has at most 1,000 open holds. Capture or release some, or wait until they expire.',
};
