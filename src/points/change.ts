import type { Credential } from '../auth/actor.js';
import type { User, UserRef } from '../users/user.js';
import type { DailyLimit } from './daily-limit.js';
import type { Entry } from './entry.js';
import type { PointsRefusal, RefusalDetails } from './errors.js';
import type { Hold } from './holds/hold.js';
import type { ClientNotes } from './metadata.js';

/** A change of a user's points as it is requested, in the terms of the database function `decide_change`. */
export interface PointsChange extends Partial<ClientNotes> {
  readonly user: UserRef;
  readonly action:
    | { readonly kind: 'ADD' | 'SPEND'; readonly points: number }
    /** `reverses` is the sequence of the user's entry to reverse. */
    | { readonly kind: 'REVERSAL'; readonly reverses: number }
    /** Returns the result that is recorded under the key; without one, closes the key permanently. */
    | { readonly kind: 'RESOLVE' }
    | { readonly kind: 'HOLD'; readonly points: number; readonly expiresInSeconds: number }
    /** `hold` is the number of the user's hold. `points` is null for all of it; `to` is null where they are spent. */
    | { readonly kind: 'CAPTURE'; readonly hold: number; readonly points: number | null; readonly to: UserRef | null }
    | { readonly kind: 'RELEASE'; readonly hold: number }
    | { readonly kind: 'TRANSFER'; readonly points: number; readonly to: UserRef };
  readonly reason: string | null;
  /** When an imported change was made; absent: now. */
  readonly effectiveAt?: Date;
  readonly idempotencyKey: string | null;
  /** The user behind the credential: idempotency keys are theirs. */
  readonly ownerId: string;
  /** Checked again by the statement that makes the change. */
  readonly credential: Credential;
}

/** The result of a change. */
export type ChangeResult =
  | { readonly outcome: 'APPLIED'; readonly applied: AppliedResult }
  | ({ readonly outcome: PointsRefusal } & RefusalDetails)
  /**
   * Nothing happened: another transaction has the account or the counter of the token locked, or the user was renamed at this
   * moment.
   */
  | {
      readonly outcome: 'BUSY';
      readonly of: 'ACCOUNT' | 'COUNTER';
      /** Of a change between two users: the id of the one whose account is locked, if it is known. */
      readonly waitsFor?: string | undefined;
    }
  /** Nothing happened: the credential ended before the account was locked. */
  | { readonly outcome: 'CREDENTIAL_ENDED' }
  /** Nothing happened: `effectiveAt` is in the future, or before the user's last entry. */
  | { readonly outcome: 'DATE_REFUSED' }
  /** Nothing happened: the receiver of the points is the user who gives them. */
  | { readonly outcome: 'SAME_USER' }
  /** Nothing happened: a capture has too long a reference and metadata, its own and those of the hold together. */
  | { readonly outcome: 'NOTES_TOO_LONG' };

/** One attempt at a change. */
export interface Attempt {
  readonly change: PointsChange;
  /** An earlier attempt was lost and may have happened: this one returns its result, whatever the credential. */
  readonly isRetry: boolean;
  /** The id of the user whose balance the attempt waits for; undefined: the one whom the change names. */
  readonly waitsFor?: string | undefined;
}

/** What a change wrote. */
export type Written =
  | {
      readonly kind: 'ENTRY';
      readonly entry: Entry;
      /** Of a transfer, or its reversal: the entry of the other user, and their name when it was written. */
      readonly counterpart: { readonly entry: Entry; readonly username: string } | null;
    }
  | {
      readonly kind: 'HOLD';
      readonly change: 'HOLD' | 'RELEASE';
      readonly hold: Hold;
      /** The points of the user that are not held. */
      readonly available: number;
    };

/** A change that happened. */
export interface Applied extends AppliedResult {
  /** Whether an attempt was lost before: a result that is found under the key then says nothing of the credential. */
  readonly wasLost: boolean;
}

/** A change that happened, as a statement returns it. */
export interface AppliedResult {
  readonly written: Written;
  /** The current user whose points changed. */
  readonly user: User;
  /** The user's name when the entry was written. */
  readonly username: string;
  /** Whether this repeats an earlier result. */
  readonly replayed: boolean;
  /** Those of the app token, after the change; absent: it has none. */
  readonly dailyLimits?: readonly DailyLimit[] | undefined;
}

/** The other user whose points a change concerns; undefined: none, or it is found with the reversed entry. */
export function receiverOf({ action }: PointsChange): UserRef | undefined {
  return 'to' in action && action.to !== null ? action.to : undefined;
}

/** Whether a change may concern the points of another user too: a reversal does if it reverses a transfer. */
export function concernsTwoUsers(change: PointsChange): boolean {
  return change.action.kind === 'REVERSAL' || receiverOf(change) !== undefined;
}

/**
 * Changes of one statement: few enough that the next statement waits a few milliseconds, enough that the share of each in
 * a commit is small.
 */
export const MAX_PER_STATEMENT = 100;

/**
 * Attempts changes in one statement, which happens as a whole or not at all; those of one user in the order given. The
 * statement reads each credential after it has locked the accounts. Changes of accounts that another transaction has locked
 * are `BUSY`.
 *
 * @param waitMs how long to wait for the account of the first change, if it is locked, before the statement fails; 0: do not
 *   wait. No account is locked meanwhile.
 * @returns a result per change, in their order.
 */
export type ApplyPoints = (attempts: readonly Attempt[], waitMs: number) => Promise<readonly ChangeResult[]>;
