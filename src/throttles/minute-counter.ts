/** What was counted for a key in the present minute. */
export interface MinuteCount {
  /** How many may be counted in a minute. */
  readonly limit: number;
  /** How many of them are left. */
  readonly remaining: number;
  /** Until the next minute begins. */
  readonly resetMs: number;
  /** Whether there were none left for this one: it was not counted. */
  readonly isExceeded: boolean;
}

export interface MinuteCounter {
  /** Counts so many, by default one, where at least one is left. */
  count(key: string, many?: number): MinuteCount;
}

const MINUTE_MS = 60_000;

/**
 * Counts in the memory of this process, by whole minutes of the clock. Its memory is bounded: it holds the counts of one
 * minute, of at most `maxKeys` keys, and then forgets the oldest of them. `RateLimiterMemory` of rate-limiter-flexible
 * sets a timer for each key and has no bound.
 *
 * @param now milliseconds since 1970.
 */
export function createMinuteCounter({
  limit,
  maxKeys,
  now,
}: {
  readonly limit: number;
  readonly maxKeys: number;
  readonly now: () => number;
}): MinuteCounter {
  const counts = new Map<string, number>();
  let minute = 0;
  return {
    count: (key, many = 1) => {
      const nowMs = now();
      const current = Math.floor(nowMs / MINUTE_MS);
      if (current !== minute) counts.clear();
      minute = current;
      const used = counts.get(key) ?? 0;
      const isExceeded = used >= limit;
      if (!isExceeded) {
        const [oldest] = used === 0 && counts.size >= maxKeys ? counts.keys() : [];
        if (oldest !== undefined) counts.delete(oldest);
        counts.set(key, used + many);
      }
      const remaining = isExceeded ? 0 : Math.max(0, limit - used - many);
      return { limit, remaining, resetMs: MINUTE_MS - (nowMs % MINUTE_MS), isExceeded };
    },
  };
}
