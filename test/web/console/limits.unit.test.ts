import { describe, expect, it } from 'vitest';
import {
  givenLimits,
  limitErrors,
  limitsInput,
  limitValues,
  percentOf,
  usageOf,
} from '../../../src/web/console/tokens/limits.js';

const NONE = limitValues(null);

describe('Typed limits', () => {
  it('are none where nothing is typed, and the others as numbers', () => {
    expect(limitsInput(NONE)).toBeNull();
    expect(limitsInput({ ...NONE, maxAddedPerDay: 500, requestsPerMinute: '60' })).toEqual({
      maxAddedPerDay: 500,
      requestsPerMinute: 60,
    });
  });

  it('must be whole numbers from 1, no larger than the API takes', () => {
    expect(limitErrors({ ...NONE, maxAddedPerDay: Number.MAX_SAFE_INTEGER, requestsPerMinute: 2 ** 31 - 1 })).toEqual(
      {},
    );
    expect(
      limitErrors({ ...NONE, maxSpentPerDay: 0, maxAddedPerDay: '9007199254740992', requestsPerMinute: 2 ** 31 }),
    ).toEqual({
      maxSpentPerDay: 'Enter a whole number of at least 1, or nothing.',
      maxAddedPerDay: 'Enter at most 9,007,199,254,740,991.',
      requestsPerMinute: 'Enter at most 2,147,483,647.',
    });
  });
});

describe('The limits of a token', () => {
  const limits = {
    maxPointsPerChange: null,
    maxAddedPerDay: 1_000,
    maxSpentPerDay: null,
    maxAddedPerUserPerDay: 100,
    maxSpentPerUserPerDay: null,
    requestsPerMinute: null,
  };

  it('are those that it has', () => {
    expect(givenLimits(limits).map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Points added per day: 1000',
      'Points added per user and day: 100',
    ]);
  });

  it('tell what is used of a day over all users, and when the day ends', () => {
    const today = { day: '2026-11-30T00:00:00.000Z', added: 412, spent: null };
    const resetsAt = '2026-12-01T00:00:00.000Z';
    expect(usageOf('maxAddedPerDay', today)).toEqual({ used: 412, resetsAt });
    expect(usageOf('maxSpentPerDay', today)).toEqual({ used: null, resetsAt });
    expect(usageOf('maxAddedPerUserPerDay', today)).toBeUndefined();
    expect(usageOf('maxAddedPerDay', null)).toBeUndefined();
  });

  it('look neither unused nor used up before they are', () => {
    expect([0, 1, 412, 999_999, 1_000_000, 2_000_000, null].map((used) => percentOf(used, 1_000_000))).toEqual([
      0, 1, 1, 99, 100, 100, 100,
    ]);
  });
});
