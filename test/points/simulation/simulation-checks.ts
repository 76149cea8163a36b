import { effectOf } from '../../../src/graphql/resolvers/points-payload.js';
import type { Applied, PointsChange, Written } from '../../../src/points/change.js';
import { PointsRefused } from '../../../src/points/errors.js';
import { refKey } from '../../../src/users/user.js';
import { type Model, STORED } from './model.js';
import type { Plan } from './plans.js';
import type { StubDatabase } from './stub-database.js';

/** A change, and what was said of it. */
export interface Told {
  readonly change: PointsChange;
  readonly result: PromiseSettledResult<Applied>;
  /**
   * Whether its credential had ended before it was asked for, and did not become good again. Not where an attempt was
   * lost: the ledger has to find out what that came to.
   */
  readonly wasEnded: boolean;
  /** Whether the credential stayed as it was from the request to the answer. */
  readonly isUnchanged: boolean;
  /** Whether it waited so long for the balance of another user that later ones of its list did not wait for it. */
  readonly wasLate: boolean;
  /** Whether an attempt was lost, and another one was made. */
  readonly wasRetried: boolean;
}

/** What is wrong with the answers to one request, given what the database has to say. */
export function findFaults(told: readonly Told[], { requests }: Plan, { effects, model }: StubDatabase): string[] {
  const broken: string[] = [];
  const asked = requests.find(({ changes }) => changes[0]?.reason === told[0]?.change.reason);
  if (asked?.changes.length !== told.length) broken.push('there is not one answer for each change');
  const last = new Map<string, number>();
  const keepsOrder = !told.some(({ wasLate }) => wasLate);
  for (const { change, result, wasEnded, isUnchanged, wasRetried } of told) {
    const { reason, idempotencyKey } = change;
    const written = effects.get(reason ?? '') ?? [];
    const complain = (what: string) => broken.push(`${reason} ${what}: ${JSON.stringify([result, written])}`);
    if (written.length > 1) complain('happened more than once');
    if (wasEnded && (result.status === 'fulfilled' || result.reason instanceof PointsRefused))
      complain('was answered to a credential that had ended');
    if (result.status === 'rejected') {
      const { effect, isReplayed } = describe(result.reason);
      if (effect === 'NONE' && written.length > 0) complain('happened, and was said not to have');
      if (effect === 'UNKNOWN' && result.reason.cause.code === undefined) complain('met an unexpected error');
      if (isReplayed && idempotencyKey === null) complain('was replayed without a key');
      continue;
    }
    const { written: given, replayed } = result.value;
    if (!isKept(given, model)) complain('was answered what is not so');
    const [effect] = written;
    if (effect === undefined && !replayed) complain('did not happen, and was said to have');
    for (const userId of effect?.userIds ?? []) {
      const { number } = effect ?? { number: 0 };
      if (keepsOrder && (last.get(userId) ?? 0) > number) complain('came before what was to come before it');
      // One whose credential ended for a while may have been refused in a lost attempt that made the later ones.
      // So may one that names a hold or an entry which the later ones made: such a refusal is not stored.
      if (isUnchanged && !(wasRetried && namesWritten(change))) last.set(userId, number);
    }
  }
  return broken;
}

function namesWritten({ action: { kind } }: PointsChange): boolean {
  return kind === 'CAPTURE' || kind === 'RELEASE' || kind === 'REVERSAL';
}

/** Whether the database has what a response shows. A hold may have ended since. */
function isKept(written: Written, { accounts }: Model): boolean {
  if (written.kind === 'HOLD') {
    const { userId, number, points } = written.hold;
    return accounts.get(userId)?.holds[number - 1]?.points === points;
  }
  const { entry, counterpart } = written;
  const kept = accounts.get(entry.userId)?.entries[entry.sequence - 1];
  const isSame = kept?.delta === entry.delta && kept.balanceAfter === entry.balanceAfter;
  const other = counterpart?.entry;
  const keptOther = accounts.get(other?.userId ?? '')?.entries[(other?.sequence ?? 0) - 1];
  return isSame && keptOther?.delta === other?.delta && keptOther?.balanceAfter === other?.balanceAfter;
}

/** Answers under one key that do not go together. */
export function findContradictions(told: readonly Told[]): string[] {
  const answers = new Map<string, Set<string>>();
  for (const { change, result } of told) {
    if (change.idempotencyKey === null) continue;
    const key = JSON.stringify([refKey(change.user), change.ownerId, change.idempotencyKey]);
    const answer = result.status === 'fulfilled' ? name(result.value.written) : describe(result.reason).stored;
    if (answer !== undefined) answers.set(key, (answers.get(key) ?? new Set()).add(answer));
  }
  return [...answers].flatMap(([key, all]) =>
    all.size > 1 ? [`${key} had several answers: ${[...all].join(', ')}`] : [],
  );
}

function name(written: Written): string {
  return written.kind === 'HOLD' ? `hold ${written.hold.number}` : `entry ${written.entry.sequence}`;
}

function describe(reason: unknown): { effect: 'NONE' | 'UNKNOWN'; isReplayed: boolean; stored: string | undefined } {
  const isReplayed = reason instanceof PointsRefused && reason.details.replayed;
  const stored = reason instanceof PointsRefused && STORED.has(reason.code) ? reason.code : undefined;
  return { effect: effectOf(reason), isReplayed, stored };
}
