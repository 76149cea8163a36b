import { DomainError, type ErrorCode } from '../errors.js';

/** A change of points was refused: it had no effect. `replayed`: the refusal repeats an earlier one, under its key. */
export class PointsRefused extends DomainError {
  readonly code: PointsRefusal;

  constructor(code: PointsRefusal, details: { replayed: boolean; available?: number; needed?: number }) {
    const { available, needed, replayed } = details;
    super(code === 'INSUFFICIENT_POINTS' ? `Not enough points: ${needed} needed, ${available} available.` : TEXTS[code], {
      replayed,
      ...(code === 'INSUFFICIENT_POINTS' ? { available, needed } : {}),
    });
    this.code = code;
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
  | 'USER_NOT_FOUND'
  | 'ENTRY_NOT_FOUND'
>;

const TEXTS: Readonly<Record<Exclude<PointsRefusal, 'INSUFFICIENT_POINTS'>, string>> = {
  BALANCE_LIMIT: 'Nobody can have more than 9007199254740991 points.',
  ALREADY_REVERSED: 'The entry was reversed before.',
  NOT_REVERSIBLE: 'A reversal cannot be reversed.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used for another change. Take a new key for a new change.',
  USER_NOT_FOUND: 'There is no such user.',
  ENTRY_NOT_FOUND: 'There is no such entry.',
};
