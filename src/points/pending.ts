import { DatabaseUnavailable, databaseFailure } from '../database/failure.js';
import { Annotated } from '../errors.js';
import { OutcomeUnknown, PointsBusy, PointsRefused, StaleCredential } from './errors.js';
import type { Answer, Applied, Attempt, PointsOperation } from './operation.js';

/** An operation on its way to an answer. */
export interface Pending {
  readonly operation: PointsOperation;
  /** When it is too late to begin another attempt, by the clock. */
  readonly deadline: number;
  readonly resolve: (applied: Applied) => void;
  readonly reject: (error: unknown) => void;
  /** Whether the database failed it, rather than being busy. */
  isFailed: boolean;
  /** Whether a statement with it was lost, so that it may have happened. */
  mayHaveHappened: boolean;
}

/** What is sent of an operation that is tried now. */
export function toAttempt({ operation, mayHaveHappened }: Pending): Attempt {
  return { operation, isRetry: mayHaveHappened };
}

/** Hands out answers, and returns the operations that were too busy to have one. */
export function settle(group: readonly Pending[], answers: readonly Answer[]): Pending[] {
  return group.filter((pending, index) => {
    const answer = answers[index];
    if (answer === undefined || answer.outcome === 'BUSY') return true;
    if (answer.outcome === 'APPLIED') pending.resolve(answer.applied);
    else if (answer.outcome === 'CREDENTIAL_ENDED') fail(pending, new StaleCredential());
    else fail(pending, new PointsRefused(answer.outcome, answer));
    return false;
  });
}

/** Those that may still be tried; the others are rejected. */
export function inTime(group: readonly Pending[], now: number): Pending[] {
  return group.filter((pending) => {
    if (pending.deadline >= now) return true;
    giveUp(pending);
    return false;
  });
}

/** Whether a statement failed for want of a lock, having waited for it. */
export function isLocked(error: unknown): boolean {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && failure.sqlState === '55P03';
}

/**
 * Those that go on after a statement with them has failed; the others are rejected. What has a key always goes on:
 * another attempt finds what came of this one. What has none does so only where the database undid the statement.
 */
export function survivors(group: readonly Pending[], error: unknown): Pending[] {
  const failure = databaseFailure(error);
  return group.filter((pending) => {
    pending.isFailed = true;
    if (failure?.kind === 'refused') return true;
    if (failure?.kind !== 'not-sent') pending.mayHaveHappened = true;
    if (failure === undefined) fail(pending, error);
    else if (pending.operation.idempotencyKey !== null) return true;
    else giveUp(pending);
    return false;
  });
}

/** Rejects an operation that there is no hope for. */
export function giveUp(pending: Pending): void {
  if (pending.mayHaveHappened) fail(pending, new OutcomeUnknown(pending.operation.idempotencyKey !== null));
  else fail(pending, pending.isFailed ? new DatabaseUnavailable() : new PointsBusy());
}

/**
 * Rejects an operation with an error, annotated if that does not say all: a statement that was lost may come yet. It
 * may even where the credential has ended, for a session ends by a change of role and is good again when that is undone.
 */
export function fail({ mayHaveHappened, reject }: Pending, error: unknown): void {
  const isSure = !mayHaveHappened || (error instanceof PointsRefused && !NOT_YET.has(error.code));
  reject(isSure ? error : new Annotated(error, { effect: 'UNKNOWN' }));
}

/** Refusals that a moment later could be none, and that no key remembers. */
const NOT_YET: ReadonlySet<string> = new Set(['USER_NOT_FOUND', 'ENTRY_NOT_FOUND']);
