import { DomainError, type ErrorCode, WithExtensions } from '../../errors.js';
import type { Applied } from '../../points/change.js';
import type { Entry } from '../../points/entry.js';
import { PointsRefused } from '../../points/errors.js';
import { translateError } from '../format-error.js';

/** The payload of a change of points. */
export function toPayload({ applied, userCreated = false }: { applied: Applied; userCreated?: boolean }) {
  const { entry, user, username, replayed } = applied;
  const message = SENTENCES[entry.kind](inWords(Math.abs(entry.delta)), username);
  return { message, user, points: entry.balanceAfter, entry, replayed, userCreated };
}

const SENTENCES: Readonly<Record<Entry['kind'], (amount: string, username: string) => string>> = {
  ADD: (amount, username) => `Successfully added ${amount} to ${username}`,
  SPEND: (amount, username) => `Successfully spent ${amount} of ${username}`,
  REVERSAL: (amount, username) => `Successfully reversed ${amount} of ${username}`,
};

const inWords = (points: number) => (points === 1 ? '1 point' : `${points} points`);

/** The result of one change of several. */
export function toResult(result: PromiseSettledResult<Applied>, userCreated = false) {
  return result.status === 'fulfilled'
    ? { payload: toPayload({ applied: result.value, userCreated }), error: null }
    : { payload: null, error: toPointsError(result.reason) };
}

/** An error of one change as data, worded as it would be as an error of the whole request. */
function toPointsError(reason: unknown) {
  const error = reason instanceof WithExtensions ? reason.cause : reason;
  const { code, message } = error instanceof DomainError ? error : describe(error);
  const { available = null, needed = null, replayed, exceeded } = refusalIn(reason)?.details ?? NO_DETAILS;
  const { limit = null, max = null, used = null } = exceeded ?? {};
  const { retryAfterSeconds = null } = translateError(reason).extensions;
  return {
    ...{ code, message, effect: effectOf(reason), available, needed, replayed, limit, max, used },
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  };
}

/** The refusal of the ledger that an error is. */
export function refusalIn(reason: unknown): PointsRefused | undefined {
  const cause = reason instanceof WithExtensions ? reason.cause : reason;
  return cause instanceof PointsRefused ? cause : undefined;
}

/** Whether a change that failed may have happened: only where the ledger says so. */
export function effectOf(reason: unknown): 'NONE' | 'UNKNOWN' {
  return reason instanceof WithExtensions && reason.extensions['effect'] === 'UNKNOWN' ? 'UNKNOWN' : 'NONE';
}

/** Whether a refusal of a change is stored under its key, and so is final. */
export function isStored(reason: unknown): boolean {
  return reason instanceof PointsRefused && (reason.details.replayed || reason.code === 'IDEMPOTENCY_KEY_CLOSED');
}

function describe(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  const { message, extensions } = translateError(error);
  return { code: extensions['code'] === 'UNAVAILABLE' ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR', message };
}

const NO_DETAILS: PointsRefused['details'] = { replayed: false };
