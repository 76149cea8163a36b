/** A limit of an app token for a day, with what is used of it. */
export interface DailyLimit {
  readonly limit: DailyLimitName;
  readonly max: number;
  readonly used: number;
  /** When the day ends: RFC 3339 in UTC, as the response has it. */
  readonly resetsAt: string;
}

/** A field of `TokenLimits`. */
type DailyLimitName = 'maxAddedPerDay' | 'maxSpentPerDay' | 'maxAddedPerUserPerDay' | 'maxSpentPerUserPerDay';

/** The limit of an app token that a change would have exceeded. */
export interface ExceededLimit {
  readonly limit: DailyLimitName | 'maxPointsPerChange';
  readonly max: number;
  /** Of a daily limit: what counts against it today. */
  readonly used?: number;
  /** Of a daily limit: until the day ends. */
  readonly retryAfterSeconds?: number;
}
