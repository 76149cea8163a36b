import { MAX_POINTS } from '../../../src/points/limits.js';
import type { ModelAction } from './model.js';

export interface ModelEntry {
  readonly kind: string;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly sequence: number;
  readonly reverses: number | null;
  /** The number of the hold that it captured. */
  readonly hold: number | null;
  readonly counterpart: { readonly userId: string; readonly sequence: number } | null;
}

export interface ModelHold {
  readonly number: number;
  readonly points: number;
  readonly state: 'HELD' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';
  readonly captured: number | null;
  readonly expiresAt: number;
}

/** A user: entries and holds, from which all else follows. */
export interface ModelAccount {
  readonly userId: string;
  readonly entries: ModelEntry[];
  readonly holds: ModelHold[];
}

/** What a change asks for. */
export interface Asked {
  /** What the entry of the user would be; 0: there is none. */
  readonly delta: number;
  /** The points that the limits of a token are compared with. */
  readonly points: number;
  readonly reserved?: number;
  /** The open hold that it would end. */
  readonly ends?: ModelHold;
  /** The user of the counterpart. */
  readonly otherId?: string | undefined;
  /** The sequence of the counterpart of the entry to reverse. */
  readonly otherReverses?: number | undefined;
  /** Why the ledger refuses it, whatever the balances. */
  readonly refusal?: { readonly outcome: string; readonly state?: string };
}

const MAX_OPEN_HOLDS = 1_000;

/** @returns what a change asks for, or why there is no such thing. */
export function askedBy(action: ModelAction, { entries, holds }: ModelAccount): Asked | string {
  switch (action.kind) {
    case 'ADD':
      return { delta: action.points, points: action.points };
    case 'SPEND':
      return { delta: -action.points, points: action.points };
    case 'TRANSFER':
      return { delta: -action.points, points: action.points, otherId: action.to };
    case 'RESOLVE':
      return { delta: 0, points: 0, refusal: { outcome: 'IDEMPOTENCY_KEY_CLOSED' } };
    case 'HOLD':
      return { delta: 0, points: action.points, reserved: action.points };
    case 'REVERSAL': {
      const target = entries[action.reverses - 1];
      if (target === undefined) return 'ENTRY_NOT_FOUND';
      if (target.kind === 'REVERSAL') return 'NOT_REVERSIBLE';
      const { delta, counterpart } = target;
      const isReversed = entries.some(({ reverses }) => reverses === action.reverses);
      return {
        delta: -delta,
        points: Math.abs(delta),
        otherId: counterpart?.userId,
        otherReverses: counterpart?.sequence,
        ...(isReversed && { refusal: { outcome: 'ALREADY_REVERSED' } }),
      };
    }
    default: {
      const hold = holds[action.hold - 1];
      if (hold === undefined) return 'HOLD_NOT_FOUND';
      const points = (action.kind === 'CAPTURE' ? action.points : null) ?? hold.points;
      const ending = action.kind === 'CAPTURE' ? { delta: -points, otherId: action.to ?? undefined } : { delta: 0 };
      if (hold.state === 'HELD') return { ...ending, points, ends: hold };
      return { ...ending, points, refusal: { outcome: 'HOLD_ENDED', state: hold.state } };
    }
  }
}

/** Why the balances do not allow what a change asks for; undefined: they do. */
export function refusalFor(
  { delta, reserved = 0, ends }: Asked,
  account: ModelAccount,
  other: ModelAccount | undefined,
): { outcome: string; available?: number; needed?: number; held?: number } | undefined {
  if (reserved > 0 && openHolds(account).length >= MAX_OPEN_HOLDS) return { outcome: 'HOLD_LIMIT' };
  return (
    lack(account, reserved - delta, ends?.points) ??
    (other && lack(other, delta)) ??
    (tooMany(account, delta) || (other !== undefined && tooMany(other, -delta))
      ? { outcome: 'BALANCE_LIMIT' }
      : undefined)
  );
}

function lack(account: ModelAccount, needed: number, freed = 0) {
  const held = heldBy(account);
  const available = pointsOf(account) - held + freed;
  return needed > 0 && needed > available ? { outcome: 'INSUFFICIENT_POINTS', available, needed, held } : undefined;
}

function tooMany(account: ModelAccount, delta: number): boolean {
  return delta > MAX_POINTS - pointsOf(account);
}

export function pointsOf({ entries }: ModelAccount): number {
  return entries.at(-1)?.balanceAfter ?? 0;
}

/** The points that are held. */
export function heldBy(account: ModelAccount): number {
  return openHolds(account).reduce((sum, { points }) => sum + points, 0);
}

function openHolds({ holds }: ModelAccount): ModelHold[] {
  return holds.filter(({ state }) => state === 'HELD');
}

/** Ends the holds that have expired. */
export function expire(account: ModelAccount, now: number): void {
  for (const hold of openHolds(account)) if (hold.expiresAt <= now) endHold(account, hold, 'EXPIRED');
}

export function endHold(
  { holds }: ModelAccount,
  hold: ModelHold,
  state: ModelHold['state'],
  captured: number | null = null,
): ModelHold {
  const ended = { ...hold, state, captured };
  holds[hold.number - 1] = ended;
  return ended;
}
