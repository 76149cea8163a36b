import { Annotated, DomainError, type ErrorCode } from '../../errors.js';
import type { Applied } from '../../points/change.js';
import type { Entry } from '../../points/entry.js';
import { PointsRefused } from '../../points/errors.js';

/** A change of points, as it is answered. */
export function toPayload({ entry, user, username, replayed }: Applied) {
  const message = SENTENCES[entry.kind](Math.abs(entry.delta), username);
  return { message, user, points: entry.balanceAfter, entry, replayed };
}

const SENTENCES: Readonly<Record<Entry['kind'], (points: number, username: string) => string>> = {
  ADD: (points, username) => `Successfully added ${points} points to ${username}`,
  SPEND: (points, username) => `Successfully spent ${points} points of ${username}`,
  REVERSAL: (points, username) => `Successfully reversed ${points} points of ${username}`,
};

/** What came of one change among many. */
export function toResult(result: PromiseSettledResult<Applied>) {
  return result.status === 'fulfilled'
    ? { payload: toPayload(result.value), error: null }
    : { payload: null, error: toPointsError(result.reason) };
}

/** An error of the ledger as data. What nobody foresaw is masked; the ledger has told the log. */
function toPointsError(reason: unknown) {
  const error = reason instanceof Annotated ? reason.cause : reason;
  const { code, message } = error instanceof DomainError ? error : UNFORESEEN;
  const { available = null, needed = null, replayed } = error instanceof PointsRefused ? error.details : NOTHING_MORE;
  return { code, message, effect: effectOf(reason), available, needed, replayed };
}

/** Whether a change that failed may have happened: no, unless the ledger says so. */
export function effectOf(reason: unknown): 'NONE' | 'UNKNOWN' {
  return reason instanceof Annotated && reason.extensions['effect'] === 'UNKNOWN' ? 'UNKNOWN' : 'NONE';
}

/** Whether a change was refused for good, under its key. */
export function isStored(reason: unknown): boolean {
  return reason instanceof PointsRefused && (reason.details.replayed || reason.code === 'IDEMPOTENCY_KEY_CLOSED');
}

const UNFORESEEN: { code: ErrorCode; message: string } = {
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong here.',
};

const NOTHING_MORE: PointsRefused['details'] = { replayed: false };
