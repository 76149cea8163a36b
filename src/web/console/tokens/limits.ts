import type { LimitsFragment, TokenLimitsInput, TokenUsageQuery } from '../../generated.js';

export type LimitKey = keyof LimitsFragment;

/** Points of one change, and what the API takes as `Points`. */
const MAX_POINTS = Number.MAX_SAFE_INTEGER;
const MAX_REQUESTS = 2 ** 31 - 1;

interface Limit {
  readonly key: LimitKey;
  readonly label: string;
  readonly description: string;
  readonly max: number;
  /** Whether the API tells what is used of it. */
  readonly isMetered: boolean;
}

/** The limits of a token, in the order in which they are shown: two of a kind side by side. */
export const LIMITS: readonly Limit[] = [
  {
    key: 'maxAddedPerDay',
    label: 'Points added per day',
    description: 'To all users together.',
    max: MAX_POINTS,
    isMetered: true,
  },
  {
    key: 'maxSpentPerDay',
    label: 'Points spent per day',
    description: 'From all users together, captures and transfers included.',
    max: MAX_POINTS,
    isMetered: true,
  },
  {
    key: 'maxAddedPerUserPerDay',
    label: 'Points added per user and day',
    description: 'To each user.',
    max: MAX_POINTS,
    isMetered: false,
  },
  {
    key: 'maxSpentPerUserPerDay',
    label: 'Points spent per user and day',
    description: 'From each user, captures and transfers included.',
    max: MAX_POINTS,
    isMetered: false,
  },
  {
    key: 'maxPointsPerChange',
    label: 'Points per change',
    description: 'In one change or hold.',
    max: MAX_POINTS,
    isMetered: false,
  },
  {
    key: 'requestsPerMinute',
    label: 'Operations per minute',
    description: 'Queries, mutations and started subscriptions.',
    max: MAX_REQUESTS,
    isMetered: false,
  },
];

/** Limits as typed into number fields; empty: none. */
export type LimitValues = Readonly<Record<LimitKey, number | string>>;

/** Limits as the fields show them; null: every field is empty. */
export function limitValues(limits: LimitsFragment | null): LimitValues {
  return {
    maxPointsPerChange: limits?.maxPointsPerChange ?? '',
    maxAddedPerDay: limits?.maxAddedPerDay ?? '',
    maxSpentPerDay: limits?.maxSpentPerDay ?? '',
    maxAddedPerUserPerDay: limits?.maxAddedPerUserPerDay ?? '',
    maxSpentPerUserPerDay: limits?.maxSpentPerUserPerDay ?? '',
    requestsPerMinute: limits?.requestsPerMinute ?? '',
  };
}

/** The errors of the limits that cannot be used, by their keys. */
export function limitErrors(values: LimitValues): Partial<Record<LimitKey, string>> {
  return Object.fromEntries(
    LIMITS.flatMap(({ key, max }) => {
      const value = values[key];
      if (value === '') return [];
      const number = Number(value);
      if (!Number.isInteger(number) || number < 1) return [[key, 'Enter a whole number of at least 1, or nothing.']];
      return number > max ? [[key, `Enter at most ${max.toLocaleString('en')}.`]] : [];
    }),
  );
}

/** Typed limits as the API takes them; null: none. */
export function limitsInput(values: LimitValues): TokenLimitsInput | null {
  const given = LIMITS.filter(({ key }) => values[key] !== '').map(({ key }) => [key, Number(values[key])]);
  return given.length === 0 ? null : Object.fromEntries(given);
}

/** What is used of a daily limit. */
export interface Usage {
  /** Null: more than can be shown. */
  readonly used: number | null;
  /** When the day ends. */
  readonly resetsAt: string;
}

/** A limit that a token has. */
export interface GivenLimit extends Limit {
  /** The limit itself. */
  readonly value: number;
}

/** The limits that a token has, in the order of {@link LIMITS}. */
export function givenLimits(limits: LimitsFragment): GivenLimit[] {
  return LIMITS.flatMap((limit) => {
    const value = limits[limit.key];
    return value == null ? [] : [{ ...limit, value }];
  });
}

type Today = NonNullable<NonNullable<TokenUsageQuery['token']>['today']>;

const DAY_MILLISECONDS = 86_400_000;

/** What is used of a limit today; undefined: it is not a daily limit over all users, or not known. */
export function usageOf(key: LimitKey, today: Today | null | undefined): Usage | undefined {
  if (!today || (key !== 'maxAddedPerDay' && key !== 'maxSpentPerDay')) return undefined;
  return {
    used: (key === 'maxAddedPerDay' ? today.added : today.spent) ?? null,
    resetsAt: new Date(Date.parse(today.day) + DAY_MILLISECONDS).toISOString(),
  };
}

/** The used part of a limit in percent, from 0 to 100. */
export function percentOf(used: number | null, max: number): number {
  if (used === null || used >= max) return 100;
  // Neither empty nor full is shown before it is.
  return used === 0 ? 0 : Math.min(99, Math.max(1, Math.floor((used / max) * 100)));
}
