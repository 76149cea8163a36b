/** The limits of a token. They are judged by the database function `decide_limited_change`, requests by `count_requests`. */
export interface TokenLimits {
  readonly maxPointsPerChange: number | null;
  readonly maxAddedPerDay: number | null;
  readonly maxSpentPerDay: number | null;
  readonly maxAddedPerUserPerDay: number | null;
  readonly maxSpentPerUserPerDay: number | null;
  readonly requestsPerMinute: number | null;
}

/** A limit for a day, with what is used of it. */
export interface DailyLimit {
  readonly limit: Exclude<keyof TokenLimits, 'maxPointsPerChange' | 'requestsPerMinute'>;
  readonly max: number;
  readonly used: number;
  /** When the day ends, in UTC. */
  readonly resetsAt: string;
}
