import { DomainError, type ErrorCode, WithExtensions } from '../../errors.js';
import type { Applied, Written } from '../../points/change.js';
import type { Entry } from '../../points/entry.js';
import { PointsRefused } from '../../points/errors.js';
import { translateError } from '../format-error.js';

type EntryWritten = Extract<Written, { kind: 'ENTRY' }>;

/** The payload of a change that wrote an entry. */
export function toPayload({ applied, userCreated = false }: { applied: Applied; userCreated?: boolean }) {
  const { written, user, username, replayed } = applied;
  const { entry, counterpart } = entryIn(written);
  const message = describeEntry(entry, username, counterpart?.username);
  return { message, user, points: entry.balanceAfter, entry, replayed, userCreated };
}

/** The payload of a change that made or released a hold. */
export function toHoldPayload({ written, user, username, replayed }: Applied) {
  if (written.kind !== 'HOLD') throw new Error('The change did not concern a hold alone.');
  const { change, hold, available } = written;
  const verb = change === 'HOLD' ? 'held' : 'released';
  return { message: `Successfully ${verb} ${inWords(hold.points)} of ${username}`, user, available, hold, replayed };
}

/** The payload of a transfer. */
export function toTransferPayload({ written, username, replayed }: Applied) {
  const { entry: debit, counterpart } = entryIn(written);
  if (counterpart === null) throw new Error('The change is not a transfer.');
  const message = describeEntry(debit, username, counterpart.username);
  return { message, points: debit.balanceAfter, debit, credit: counterpart.entry, replayed };
}

function entryIn(written: Written): EntryWritten {
  if (written.kind !== 'ENTRY') throw new Error('The change wrote no entry.');
  return written;
}

function describeEntry({ kind, delta }: Entry, username: string, other: string | undefined): string {
  const what = `Successfully ${VERBS[kind]} ${inWords(Math.abs(delta))}`;
  if (other === undefined) return kind === 'ADD' ? `${what} to ${username}` : `${what} of ${username}`;
  // The reversal of what was given adds points.
  const isGiver = (kind === 'REVERSAL') === delta > 0;
  return isGiver ? `${what} from ${username} to ${other}` : `${what} from ${other} to ${username}`;
}

const VERBS: Readonly<Record<Entry['kind'], string>> = {
  ADD: 'added',
  SPEND: 'spent',
  REVERSAL: 'reversed',
  TRANSFER_OUT: 'transferred',
  TRANSFER_IN: 'transferred',
};

const inWords = (points: number) => (points === 1 ? '1 point' : `${points} points`);

const NO_RESULT = { payload: null, hold: null, transfer: null, error: null };

/** The result of one change of several. */
export function toResult(result: PromiseSettledResult<Applied>, userCreated = false) {
  if (result.status === 'rejected') return { ...NO_RESULT, error: toPointsError(result.reason) };
  const applied = result.value;
  if (applied.written.kind === 'HOLD') return { ...NO_RESULT, hold: toHoldPayload(applied) };
  const { kind, hold } = applied.written.entry;
  return kind === 'TRANSFER_OUT' && hold === null
    ? { ...NO_RESULT, transfer: toTransferPayload(applied) }
    : { ...NO_RESULT, payload: toPayload({ applied, userCreated }) };
}

/** An error of one change as data, worded as it would be as an error of the whole request. */
function toPointsError(reason: unknown) {
  const error = reason instanceof WithExtensions ? reason.cause : reason;
  const { code, message } = error instanceof DomainError ? error : describe(error);
  const { replayed, exceeded, ...details } = refusalIn(reason)?.details ?? NO_DETAILS;
  const { available = null, needed = null, held = null, state = null } = details;
  const { limit = null, max = null, used = null } = exceeded ?? {};
  const { retryAfterSeconds = null } = translateError(reason).extensions;
  return {
    ...{ code, message, effect: effectOf(reason), available, needed, held, state, replayed, limit, max, used },
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
