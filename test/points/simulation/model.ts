import {
  type Asked,
  askedBy,
  endHold,
  expire,
  heldBy,
  type ModelAccount,
  type ModelEntry,
  type ModelHold,
  pointsOf,
  refusalFor,
} from './model-account.js';
import { count, exceededBy, type ModelLimits } from './model-limits.js';

/** A change, as far as the rules of points go: users are named by their ids. */
export interface ModelChange {
  readonly userId: string;
  readonly action: ModelAction;
  readonly ownerId: string;
  readonly idempotencyKey: string | null;
  /** Whether the credential has ended, in which case only what stands under the key is told. */
  readonly isEnded?: boolean;
  /** Those of the token of the change; absent: it has none. */
  readonly limits?: ModelLimits | undefined;
}

export type ModelAction =
  | { readonly kind: 'ADD' | 'SPEND'; readonly points: number }
  | { readonly kind: 'REVERSAL'; readonly reverses: number }
  | { readonly kind: 'RESOLVE' }
  | { readonly kind: 'HOLD'; readonly points: number; readonly expiresInSeconds: number }
  | { readonly kind: 'CAPTURE'; readonly hold: number; readonly points: number | null; readonly to: string | null }
  | { readonly kind: 'RELEASE'; readonly hold: number }
  | { readonly kind: 'TRANSFER'; readonly points: number; readonly to: string };

/** What has to come of it. */
export interface ModelOutcome {
  readonly outcome: string;
  readonly replayed: boolean;
  readonly available?: number;
  readonly needed?: number;
  readonly held?: number;
  readonly state?: string;
  readonly limit?: string;
  readonly max?: number;
  readonly used?: number;
  readonly entry?: ModelEntry;
  /** The entry of the other user. */
  readonly counterpart?: ModelEntry;
  /** The hold as it is now, of a change that made or released it. */
  readonly hold?: ModelHold;
}

/** The rules of points, as simple as possible: of each user entries and holds, and the result recorded under each key. */
export interface Model {
  readonly accounts: ReadonlyMap<string, ModelAccount>;
  apply(change: ModelChange): ModelOutcome;
  /** The other user whose points a change concerns, now. */
  otherOf(change: Pick<ModelChange, 'userId' | 'action'>): string | undefined;
}

/** @param now the time in seconds, at which holds expire. */
export function createModel(userIds: readonly string[], now: () => number): Model {
  const accounts = new Map(
    userIds.map((userId): [string, ModelAccount] => [userId, { userId, entries: [], holds: [] }]),
  );
  const kept = new Map<string, { readonly action: ModelAction; readonly outcome: ModelOutcome }>();

  function replay(account: ModelAccount, action: ModelAction, key: string): ModelOutcome | undefined {
    const prior = kept.get(key);
    if (prior === undefined) return undefined;
    const isClosing = action.kind === 'RESOLVE' || prior.action.kind === 'RESOLVE';
    // A receiver who is not found may be any.
    const isFound = accounts.has(receiverOf(action) ?? account.userId);
    const [asked, askedBefore] = [action, prior.action].map((each) => comparedBy(each, isFound));
    if (!isClosing && asked !== askedBefore) return refuse('IDEMPOTENCY_KEY_REUSED');
    const { hold } = prior.outcome;
    const current = hold && account.holds[hold.number - 1];
    return { ...prior.outcome, replayed: true, ...(current && { hold: current, available: availableTo(account) }) };
  }

  function decide({ userId, action, limits }: ModelChange, account: ModelAccount): ModelOutcome {
    const asked = askedBy(action, account);
    if (typeof asked === 'string') return refuse(asked);
    const counted = { kind: action.kind, userId, points: asked.points };
    const exceeded = limits && exceededBy(limits, counted);
    if (exceeded) return refuse('TOKEN_LIMIT', exceeded);
    const other = accounts.get(asked.otherId ?? '');
    if (other !== undefined) expire(other, now());
    const { outcome, ...details } = asked.refusal ?? refusalFor(asked, account, other) ?? { outcome: 'APPLIED' };
    if (outcome !== 'APPLIED') return refuse(outcome, details);
    if (limits) count(limits, counted);
    return write(action, asked, account, other);
  }

  function write(action: ModelAction, asked: Asked, account: ModelAccount, other?: ModelAccount): ModelOutcome {
    const { delta, ends, otherReverses = null } = asked;
    const applied = { outcome: 'APPLIED', replayed: false };
    if (action.kind === 'HOLD' || action.kind === 'RELEASE') {
      const hold = ends === undefined ? beginHold(action, account, now()) : endHold(account, ends, 'RELEASED');
      return { ...applied, hold, available: availableTo(account) };
    }
    if (ends !== undefined) endHold(account, ends, 'CAPTURED', -delta);
    const entry: ModelEntry = {
      kind: kindOf(action),
      ...after(account, delta),
      reverses: action.kind === 'REVERSAL' ? action.reverses : null,
      hold: ends?.number ?? null,
      counterpart: other === undefined ? null : { userId: other.userId, sequence: other.entries.length + 1 },
    };
    if (other === undefined) {
      account.entries.push(entry);
      return { ...applied, entry };
    }
    const counterpart: ModelEntry = {
      kind: action.kind === 'REVERSAL' ? 'REVERSAL' : 'TRANSFER_IN',
      ...after(other, -delta),
      reverses: action.kind === 'REVERSAL' ? otherReverses : null,
      hold: null,
      counterpart: { userId: account.userId, sequence: entry.sequence },
    };
    account.entries.push(entry);
    other.entries.push(counterpart);
    return { ...applied, entry, counterpart };
  }

  return {
    accounts,
    otherOf: ({ userId, action }) => {
      if (action.kind !== 'REVERSAL') return receiverOf(action);
      return accounts.get(userId)?.entries[action.reverses - 1]?.counterpart?.userId;
    },
    apply: (change) => {
      const { userId, action, ownerId, idempotencyKey, isEnded } = change;
      const account = accounts.get(userId);
      if (account === undefined) return refuse('USER_NOT_FOUND');
      expire(account, now());
      const receiver = receiverOf(action);
      const hasReceiver = receiver === undefined || accounts.has(receiver);
      if (receiver === userId && !isEnded) return refuse('SAME_USER');
      const key = JSON.stringify([userId, ownerId, idempotencyKey]);
      const told = idempotencyKey === null ? undefined : replay(account, action, key);
      if (told !== undefined) return told;
      if (isEnded) return refuse('CREDENTIAL_ENDED');
      if (!hasReceiver) return refuse('USER_NOT_FOUND');
      const outcome = decide(change, account);
      if (idempotencyKey !== null && isKept(outcome)) kept.set(key, { action, outcome });
      return outcome;
    },
  };
}

const refuse = (outcome: string, details: object = {}): ModelOutcome => ({ outcome, replayed: false, ...details });

/** What two changes under one key must have in common: all but the lifetime of a hold, and a receiver who is not found. */
function comparedBy(action: ModelAction, isReceiverFound: boolean): string {
  if (action.kind === 'HOLD') return JSON.stringify([action.kind, action.points]);
  const isMasked = !isReceiverFound && receiverOf(action) !== undefined;
  return JSON.stringify(Object.entries(isMasked ? { ...action, to: 'SOME_USER' } : action).sort());
}

function receiverOf(action: ModelAction): string | undefined {
  return 'to' in action ? (action.to ?? undefined) : undefined;
}

function kindOf(action: ModelAction): string {
  if (receiverOf(action) !== undefined) return 'TRANSFER_OUT';
  return action.kind === 'CAPTURE' ? 'SPEND' : action.kind;
}

function availableTo(account: ModelAccount): number {
  return pointsOf(account) - heldBy(account);
}

function after(account: ModelAccount, delta: number) {
  return { delta, balanceAfter: pointsOf(account) + delta, sequence: account.entries.length + 1 };
}

function beginHold(action: ModelAction, { holds }: ModelAccount, now: number): ModelHold {
  if (action.kind !== 'HOLD') throw new Error('The change makes no hold.');
  const { points, expiresInSeconds } = action;
  const hold = {
    ...({
      number: holds.length + 1,
      points,
      state: 'HELD',
      captured: null,
      expiresAt: now + expiresInSeconds,
    } as const),
  };
  holds.push(hold);
  return hold;
}

/** The refusals that are stored under a key. */
export const STORED: ReadonlySet<string> = new Set([
  'INSUFFICIENT_POINTS',
  'BALANCE_LIMIT',
  'ALREADY_REVERSED',
  'HOLD_ENDED',
  'IDEMPOTENCY_KEY_CLOSED',
]);

function isKept({ outcome }: ModelOutcome): boolean {
  return outcome === 'APPLIED' || STORED.has(outcome);
}
