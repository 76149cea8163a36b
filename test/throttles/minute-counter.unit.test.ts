import { describe, expect, it } from 'vitest';
import { createMinuteCounter } from '../../src/throttles/minute-counter.js';

/** A counter whose time the test sets. */
function counterAt(nowMs: number, options = { limit: 3, maxKeys: 2 }) {
  const clock = { nowMs };
  return { clock, counter: createMinuteCounter({ ...options, now: () => clock.nowMs }) };
}

describe('A counter of minutes', () => {
  it('counts to its limit, and no further until the minute of the clock is over', () => {
    const { clock, counter } = counterAt(60_000 + 59_000);
    expect(counter.count('a')).toEqual({
      policy: 'requests',
      limit: 3,
      remaining: 2,
      resetMs: 1_000,
      isExceeded: false,
    });
    counter.count('a');
    expect(counter.count('a')).toMatchObject({ remaining: 0, isExceeded: false });
    clock.nowMs += 999;
    expect(counter.count('a')).toEqual({ policy: 'requests', limit: 3, remaining: 0, resetMs: 1, isExceeded: true });
    clock.nowMs += 1;
    expect(counter.count('a')).toEqual({
      policy: 'requests',
      limit: 3,
      remaining: 2,
      resetMs: 60_000,
      isExceeded: false,
    });
  });

  it('allows a count of many where one is left, and then none', () => {
    const { counter } = counterAt(0);
    expect(counter.count('a', 50)).toMatchObject({ remaining: 0, isExceeded: false });
    expect(counter.count('a', 50)).toMatchObject({ remaining: 0, isExceeded: true });
  });

  it('holds as many keys as its maximum, and forgets the oldest for a new one', () => {
    const { counter } = counterAt(0, { limit: 1, maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) expect(counter.count(key).isExceeded).toBe(false);
    expect(['c', 'b', 'a'].map((key) => counter.count(key).isExceeded)).toEqual([true, true, false]);
  });

  it('starts again where the clock was set back', () => {
    const { clock, counter } = counterAt(600_000, { limit: 1, maxKeys: 2 });
    counter.count('a');
    clock.nowMs = 0;
    expect(counter.count('a').isExceeded).toBe(false);
  });
});
