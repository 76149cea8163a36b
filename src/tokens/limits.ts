/** The limits of a token. The database functions `count_change` and `count_requests` enforce them. */
export interface TokenLimits {
  readonly maxPointsPerChange: number | null;
  readonly maxAddedPerDay: number | null;
  readonly maxSpentPerDay: number | null;
  readonly maxAddedPerUserPerDay: number | null;
  readonly maxSpentPerUserPerDay: number | null;
  readonly requestsPerMinute: number | null;
}

/** Their names, in the order of the schema. */
export const LIMITS = [
  'maxPointsPerChange',
  'maxAddedPerDay',
  'maxSpentPerDay',
  'maxAddedPerUserPerDay',
  'maxSpentPerUserPerDay',
  'requestsPerMinute',
] as const satisfies readonly (keyof TokenLimits)[];

/** The largest number of networks of a token. */
export const MAX_NETWORKS = 50;

/** The largest number of operations that a token can be issued for. */
export const MAX_DOCUMENTS = 200;
