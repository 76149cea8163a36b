/** The count of a key in the current minute. */
export interface MinuteCount {
  /** What limits it: `requestsPerMinute` of an app token, or `THROTTLE_REQUESTS_PER_MINUTE`. */
  readonly policy: 'token' | 'requests';
  /** The maximum per minute. */
  readonly limit: number;
  /** How many are left in this minute. */
  readonly remaining: number;
  /** Milliseconds until the next minute begins. */
  readonly resetMs: number;
  /** None was left: this one was not counted. */
  readonly isExceeded: boolean;
}

export interface MinuteCounter {
  /** Counts `amount`, by default 1, where at least one is left. */
  count(key: string, amount?: number): MinuteCount;
  /** Takes one count of this minute back. */
  takeBack(key: string): void;
  /** The count of a key, without counting. */
  read(key: string): MinuteCount;
}

const MINUTE_MS = 60_000;

/**
 * Counts in the memory of this process, by whole minutes of the clock. It holds the counts of one minute, for at most
 * `maxKeys` keys: one more replaces the oldest. `RateLimiterMemory` of rate-limiter-flexible sets a timer for each key and
 * is unbounded.
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

  function count(key: string, amount: number): MinuteCount {
    const nowMs = now();
    const current = Math.floor(nowMs / MINUTE_MS);
    if (current !== minute) counts.clear();
    minute = current;
    const used = counts.get(key) ?? 0;
    const isExceeded = used >= limit;
    if (!isExceeded && amount > 0) {
      const [oldest] = used === 0 && counts.size >= maxKeys ? counts.keys() : [];
      if (oldest !== undefined) counts.delete(oldest);
      counts.set(key, used + amount);
    }
    const remaining = isExceeded ? 0 : Math.max(0, limit - used - amount);
    return { policy: 'requests', limit, remaining, resetMs: MINUTE_MS - (nowMs % MINUTE_MS), isExceeded };
  }

  return {
    count: (key, amount = 1) => count(key, amount),
    takeBack: (key) => {
      const used = Math.floor(now() / MINUTE_MS) === minute ? (counts.get(key) ?? 0) : 0;
      if (used > 0) counts.set(key, used - 1);
    },
    read: (key) => count(key, 0),
  };
}
