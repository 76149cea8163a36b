import { describe, expect, it } from 'vitest';
import { parseState, stateAt } from '../../../src/web/console/holds/hold-state.js';
import { refetchDelay } from '../../../src/web/console/holds/refetch-delay.js';
import { timeLeft } from '../../../src/web/console/holds/time-left.js';
import { clockOffset } from '../../../src/web/console/session/server-clock.js';

const END = Date.parse('2026-11-30T12:00:00.000Z');
const HELD = { state: 'HELD', expiresAt: new Date(END).toISOString() } as const;

describe('The time that is left of a hold', () => {
  it.each([
    [1, '1 s'],
    [1_000, '1 s'],
    [1_001, '2 s'],
    [59_000, '59 s'],
    [59_001, '1 min 0 s'],
    [245_000, '4 min 5 s'],
    [3_599_001, '1 h 0 min'],
    [11_520_000, '3 h 12 min'],
    [86_400_000, '1 d 0 h'],
    [2_592_000_000, '30 d 0 h'],
  ])('of %i ms is %s', (milliseconds, text) => {
    expect(timeLeft(milliseconds)).toBe(text);
  });
});

describe('The state of a hold', () => {
  it('is expired from its end on, although it was read as open', () => {
    expect([END - 1, END, END + 1].map((now) => stateAt(HELD, now))).toEqual(['HELD', 'EXPIRED', 'EXPIRED']);
  });

  it('does not change with the time once the hold has ended', () => {
    expect(stateAt({ ...HELD, state: 'CAPTURED' }, END + 1)).toBe('CAPTURED');
  });

  it('is open where a URL names none that there is, and any where it names an empty one', () => {
    expect([null, 'NOTHING', '', 'EXPIRED'].map(parseState)).toEqual(['HELD', 'HELD', undefined, 'EXPIRED']);
  });
});

describe('Open holds are read again', () => {
  const delay = (ends: readonly number[], isPartial = false) => refetchDelay(ends, { now: END, isPartial });

  it('after the first of them has expired, and never if there is none', () => {
    expect(delay([END + 60_000, END + 5_000])).toBe(5_500);
    expect(delay([])).toBeUndefined();
  });

  it('later if one that is over is still read as open', () => {
    expect(delay([END - 60_000])).toBe(500);
  });

  it('within ten seconds if there are more than were read', () => {
    expect(delay([END + 60_000], true)).toBe(10_000);
    expect(delay([END + 1_000], true)).toBe(1_500);
  });

  it('within the longest time that a timer of a browser can wait', () => {
    expect(delay([END + 30 * 86_400_000])).toBeLessThan(2 ** 31);
  });
});

describe('The clock of the server', () => {
  const DATE = new Date(END).toUTCString();

  it.each([
    ['the same, within the precision of the header', END + 1_999, 0],
    ['ahead', END - 3_600_000, 3_600_000],
    ['behind', END + 3_600_000, -3_600_000],
  ])('is %s', (_where, now, offset) => {
    expect(clockOffset(DATE, now)).toBe(offset);
  });

  it('is taken for right if a response has no date, or one that cannot be read', () => {
    expect([null, 'soon'].map((date) => clockOffset(date, END))).toEqual([0, 0]);
  });
});
