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
}

/** What has to come of it. */
export interface ModelOutcome {
  readonly outcome: string;
  readonly replayed: boolean;
  readonly available?: number;
  readonly needed?: number;
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

  function decide({ action }: ModelChange): ModelOutcome {
    const balance = entries.at(-1)?.balanceAfter ?? 0;
    const refuse = (outcome: string, more: object = {}) => ({ outcome, replayed: false, ...more });
    if (action.kind === 'RESOLVE') return refuse('IDEMPOTENCY_KEY_CLOSED');
    let delta = action.kind === 'ADD' ? action.points : action.kind === 'SPEND' ? -action.points : 0;
    if (action.kind === 'REVERSAL') {
      const target = entries[action.reverses - 1];
      if (target === undefined) return refuse('ENTRY_NOT_FOUND');
      if (target.kind === 'REVERSAL') return refuse('NOT_REVERSIBLE');
      if (entries.some(({ reverses }) => reverses === action.reverses)) return refuse('ALREADY_REVERSED');
      delta = -target.delta;
    }
    if (balance + delta < 0) return refuse('INSUFFICIENT_POINTS', { available: balance, needed: -delta });
    if (delta > MAX_POINTS - balance) return refuse('BALANCE_LIMIT');
    const reverses = action.kind === 'REVERSAL' ? action.reverses : null;
    const entry = { kind: action.kind, delta, balanceAfter: balance + delta, sequence: entries.length + 1, reverses };
    entries.push(entry);
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

const UNKEPT: ReadonlySet<string> = new Set(['ENTRY_NOT_FOUND', 'NOT_REVERSIBLE']);

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
