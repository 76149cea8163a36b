import type { Credential } from '../auth/actor.js';
import type { User, UserRef } from '../users/user.js';
import type { Entry } from './entry.js';
import type { PointsRefusal, RefusalDetails } from './errors.js';

/** What is to be done to a user's points, in the words of the database function `apply_points`. */
export interface PointsOperation {
  readonly user: UserRef;
  readonly change:
    | { readonly kind: 'ADD' | 'SPEND'; readonly points: number }
    /** `reverses` is the sequence of the user's entry to take back. */
    | { readonly kind: 'REVERSAL'; readonly reverses: number }
    /** Tells what was answered under the key; if nothing was, closes the key for good. */
    | { readonly kind: 'RESOLVE' };
  readonly reason: string | null;
  readonly idempotencyKey: string | null;
  /** The user behind the credential: idempotency keys are theirs. */
  readonly ownerId: string;
  /** Checked again by the statement that makes the change. */
  readonly credential: Credential;
}

/** What became of an operation. */
export type Answer =
  | { readonly outcome: 'APPLIED'; readonly applied: Applied }
  | ({ readonly outcome: PointsRefusal } & RefusalDetails)
  /** Nothing: somebody else has the account locked, or the user got another name at this moment. */
  | { readonly outcome: 'BUSY' }
  /** Nothing: the credential ended before the account was locked. */
  | { readonly outcome: 'CREDENTIAL_ENDED' };

/** One attempt at an operation. */
export interface Attempt {
  readonly operation: PointsOperation;
  /** An earlier attempt was lost and may have happened: this one tells what it came to, whatever the credential. */
  readonly isRetry: boolean;
}

/** A change that happened. */
export interface Applied {
  readonly entry: Entry;
  /** Whose points changed, as they are now. */
  readonly user: User;
  /** What the user was called when the entry was written. */
  readonly username: string;
  /** Whether this repeats an earlier answer. */
  readonly replayed: boolean;
}

/**
 * Operations of one statement: few enough that the next statement waits a few milliseconds, enough that a commit costs
 * each one little. No more of them can still happen once the credential has ended.
 */
export const MAX_PER_STATEMENT = 100;

/**
 * Attempts operations in one statement, which happens as a whole or not at all; those of one user in the order given.
 * The statement reads each credential after it has locked the accounts.
 *
 * @param waitMs how long to wait for an account that somebody else has locked, before the statement fails; 0: not at
 *   all, its operations come back `BUSY`.
 * @returns an answer per operation, in their order.
 */
export type RunOperations = (attempts: readonly Attempt[], waitMs: number) => Promise<readonly Answer[]>;
