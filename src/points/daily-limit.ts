/** A limit of an app token for a day, with what is used of it. */
export interface DailyLimit {
  readonly limit: DailyLimitName;
  readonly max: number;
  readonly used: number;
  /** When the day ends: RFC 3339 in UTC, as the response has it. */
  readonly resetsAt: string;
}

/** Fields of `TokenLimits`, in the order of {@link StoredLimits}. */
const DAILY_LIMITS = ['maxAddedPerDay', 'maxSpentPerDay', 'maxAddedPerUserPerDay', 'maxSpentPerUserPerDay'] as const;

type DailyLimitName = (typeof DAILY_LIMITS)[number];

/** Daily limits as the function `count_change` returns them: the day on which they reset, then `max` and `used` of each; empty: there is none. */
export type StoredLimits = readonly [resetsOn?: string, ...numbers: (number | null)[]];

/** Those that exist, and whose use is known; undefined: there is none. */
export function toDailyLimits([resetsOn, ...numbers]: StoredLimits): readonly DailyLimit[] | undefined {
  const limits = DAILY_LIMITS.flatMap((limit, index): DailyLimit[] => {
    const [max, used] = numbers.slice(2 * index, 2 * index + 2);
    return max == null || used == null ? [] : [{ limit, max, used, resetsAt: `${resetsOn}T00:00:00.000Z` }];
  });
  return limits.length === 0 ? undefined : limits;
}

/** The limit of an app token that a change would have exceeded. */
export interface ExceededLimit {
  readonly limit: DailyLimitName | 'maxPointsPerChange';
  readonly max: number;
  /** Of a daily limit: what counts against it today. */
  readonly used?: number;
  /** Of a daily limit: until the day ends. */
  readonly retryAfterSeconds?: number;
}
