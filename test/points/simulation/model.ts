import { MAX_POINTS } from '../../../src/points/limits.js';

/** An change, as far as the rules of points go. */
export interface ModelChange {
  readonly userId: string;
  readonly action:
    | { readonly kind: 'ADD' | 'SPEND'; readonly points: number }
    | { readonly kind: 'REVERSAL'; readonly reverses: number }
    | { readonly kind: 'RESOLVE' };
  readonly ownerId: string;
  readonly idempotencyKey: string | null;
  /** Whether the credential has ended, in which case only what stands under the key is told. */
  readonly isEnded?: boolean;
  /** Those of the token of the change; absent: it has none. */
  readonly limits?: ModelLimits | undefined;
}

/** The limits of one token, with what is used of them. */
export interface ModelLimits {
  readonly maxPointsPerChange?: number;
  readonly maxAddedPerDay?: number;
  readonly maxSpentPerDay?: number;
  readonly maxAddedPerUserPerDay?: number;
  readonly maxSpentPerUserPerDay?: number;
  /** Points added and spent, of all users under the empty name and of each under theirs. */
  readonly used: Map<string, { added: number; spent: number }>;
}

/** What has to come of it. */
export interface ModelOutcome {
  readonly outcome: string;
  readonly replayed: boolean;
  readonly available?: number;
  readonly needed?: number;
  readonly limit?: string;
  readonly max?: number;
  readonly used?: number;
  readonly entry?: ModelEntry;
}

export interface ModelEntry {
  readonly kind: string;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly sequence: number;
  readonly reverses: number | null;
}

/** The rules of points, as simple as possible: of each user a list of entries, and the result recorded under each key. */
export interface Model {
  readonly entries: readonly ModelEntry[];
  apply(change: ModelChange): ModelOutcome;
}

export function createModel(): Model {
  const entries: ModelEntry[] = [];
  const kept = new Map<string, { readonly asked: ModelChange['action']; readonly answer: ModelOutcome }>();

  function decide({ userId, action, limits }: ModelChange): ModelOutcome {
    const balance = entries.at(-1)?.balanceAfter ?? 0;
    const refuse = (outcome: string, more: object = {}) => ({ outcome, replayed: false, ...more });
    if (action.kind === 'RESOLVE') return refuse('IDEMPOTENCY_KEY_CLOSED');
    let delta = action.kind === 'ADD' ? action.points : action.kind === 'SPEND' ? -action.points : 0;
    if (action.kind === 'REVERSAL') {
      const target = entries[action.reverses - 1];
      if (target === undefined) return refuse('ENTRY_NOT_FOUND');
      if (target.kind === 'REVERSAL') return refuse('NOT_REVERSIBLE');
      delta = -target.delta;
    }
    const exceeded = limits && exceededBy(limits, userId, action.kind, Math.abs(delta));
    if (action.kind === 'REVERSAL' && entries.some(({ reverses }) => reverses === action.reverses) && !exceeded)
      return refuse('ALREADY_REVERSED');
    if (exceeded) return refuse('TOKEN_LIMIT', exceeded);
    if (balance + delta < 0) return refuse('INSUFFICIENT_POINTS', { available: balance, needed: -delta });
    if (delta > MAX_POINTS - balance) return refuse('BALANCE_LIMIT');
    const reverses = action.kind === 'REVERSAL' ? action.reverses : null;
    const entry = { kind: action.kind, delta, balanceAfter: balance + delta, sequence: entries.length + 1, reverses };
    entries.push(entry);
    if (limits && action.kind !== 'REVERSAL') count(limits, userId, delta);
    return { outcome: 'APPLIED', replayed: false, entry };
  }

  return {
    entries,
    apply: (change) => {
      const { action, ownerId, idempotencyKey, isEnded } = change;
      const ended = { outcome: 'CREDENTIAL_ENDED', replayed: false };
      if (idempotencyKey === null) return isEnded ? ended : decide(change);
      const key = JSON.stringify([ownerId, idempotencyKey]);
      const prior = kept.get(key);
      if (prior !== undefined) {
        const isSame = [action.kind, prior.asked.kind].includes('RESOLVE') || isEqual(prior.asked, action);
        return isSame ? { ...prior.answer, replayed: true } : { outcome: 'IDEMPOTENCY_KEY_REUSED', replayed: false };
      }
      if (isEnded) return ended;
      const answer = decide(change);
      if (!UNKEPT.has(answer.outcome)) kept.set(key, { asked: action, answer });
      return answer;
    },
  };
}

/** The first limit that a change would exceed. */
function exceededBy(limits: ModelLimits, userId: string, kind: string, points: number): object | undefined {
  const { maxPointsPerChange = Infinity } = limits;
  if (points > maxPointsPerChange) return { limit: 'maxPointsPerChange', max: maxPointsPerChange };
  const daily = (limit: 'maxAddedPerDay' | 'maxSpentPerDay' | 'maxAddedPerUserPerDay' | 'maxSpentPerUserPerDay') => {
    const { added, spent } = usedOf(limits, limit.includes('User') ? userId : '');
    const used = limit.includes('Added') ? added : spent;
    const max = limits[limit] ?? Infinity;
    return used + points > max ? { limit, max, used } : undefined;
  };
  if (kind === 'ADD') return daily('maxAddedPerDay') ?? daily('maxAddedPerUserPerDay');
  if (kind === 'SPEND') return daily('maxSpentPerDay') ?? daily('maxSpentPerUserPerDay');
  return undefined;
}

function count(limits: ModelLimits, userId: string, delta: number): void {
  for (const name of ['', userId]) {
    const { added, spent } = usedOf(limits, name);
    limits.used.set(name, { added: added + Math.max(delta, 0), spent: spent + Math.max(-delta, 0) });
  }
}

function usedOf({ used }: ModelLimits, name: string) {
  return used.get(name) ?? { added: 0, spent: 0 };
}

const UNKEPT: ReadonlySet<string> = new Set(['ENTRY_NOT_FOUND', 'NOT_REVERSIBLE', 'TOKEN_LIMIT']);

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
