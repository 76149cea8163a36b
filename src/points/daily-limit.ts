/** A limit of an app token for a day, with what is used of it. */
export interface DailyLimit {
  /** The field of `TokenLimits`. */
  readonly limit: string;
  readonly max: number;
  readonly used: number;
  /** When the day ends, in UTC. */
  readonly resetsAt: Date;
}
