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

/** A change, as far as limits go: one that only makes or ends a hold, or reverses, does not count for a day. */
export interface Counted {
  readonly kind: string;
  readonly userId: string;
  readonly points: number;
}

const SPENDING: ReadonlySet<string> = new Set(['SPEND', 'CAPTURE', 'TRANSFER']);

/** The first limit that a change would exceed. */
export function exceededBy(limits: ModelLimits, { kind, userId, points }: Counted): object | undefined {
  const { maxPointsPerChange = Infinity } = limits;
  if (points > maxPointsPerChange) return { limit: 'maxPointsPerChange', max: maxPointsPerChange };
  const daily = (limit: 'maxAddedPerDay' | 'maxSpentPerDay' | 'maxAddedPerUserPerDay' | 'maxSpentPerUserPerDay') => {
    const { added, spent } = usedOf(limits, limit.includes('User') ? userId : '');
    const used = limit.includes('Added') ? added : spent;
    const max = limits[limit] ?? Infinity;
    return used + points > max ? { limit, max, used } : undefined;
  };
  if (kind === 'ADD') return daily('maxAddedPerDay') ?? daily('maxAddedPerUserPerDay');
  if (SPENDING.has(kind)) return daily('maxSpentPerDay') ?? daily('maxSpentPerUserPerDay');
  return undefined;
}

/** Counts a change that was made. */
export function count(limits: ModelLimits, { kind, userId, points }: Counted): void {
  for (const name of ['', userId]) {
    const { added, spent } = usedOf(limits, name);
    limits.used.set(name, {
      added: added + (kind === 'ADD' ? points : 0),
      spent: spent + (SPENDING.has(kind) ? points : 0),
    });
  }
}

function usedOf({ used }: ModelLimits, name: string) {
  return used.get(name) ?? { added: 0, spent: 0 };
}
