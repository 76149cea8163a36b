import { describe, expect, it } from 'vitest';
import { othersShare } from './processor.js';
import { createRepeats, isStable, isTrusted } from './stability.js';
import { median, percentile } from './statistics.js';

describe('A warm-up', () => {
  it('goes on while there are too few windows to compare', () => {
    expect(isStable([])).toBe(false);
    expect(isStable([100, 100, 100])).toBe(false);
  });

  it('goes on while the cost of a request falls', () => {
    expect(isStable([400, 300, 220, 160])).toBe(false);
    expect(isStable([100, 100, 97, 97])).toBe(false);
  });

  it('ends when the last windows cost what those before cost, whatever came first', () => {
    expect(isStable([100, 100, 97.1, 97.1])).toBe(true);
    expect(isStable([4_000, 1_000, 101, 99, 98, 102])).toBe(true);
  });
});

describe('A measurement', () => {
  const before = { at: 10, server: 1, database: 2, generator: 3, machine: 100 };

  it('is trusted while others take up to a twentieth of all processors', () => {
    const after = { at: 12, server: 2, database: 2.5, generator: 3.5, machine: 102.2 };
    expect(othersShare(before, after, 2)).toBeCloseTo(0.05);
    expect(isTrusted({ othersShare: 0.05 })).toBe(true);
    expect(isTrusted({ othersShare: 0.051 })).toBe(false);
  });

  it('finds no others where rounded times add up to more than the machine took', () => {
    expect(othersShare(before, { at: 12, server: 3, database: 2, generator: 3, machine: 101.99 }, 2)).toBe(0);
  });

  it('is trusted where it is not known what others took', () => {
    expect(isTrusted({ othersShare: undefined })).toBe(true);
  });
});

describe('Measurements', () => {
  it('are repeated three times each, and all together only so often', () => {
    const mayRepeat = createRepeats(5);
    expect([1, 2, 3, 4].map(mayRepeat)).toEqual([true, true, true, false]);
    expect([1, 2, 3].map(mayRepeat)).toEqual([true, true, false]);
  });
});

describe('Of some figures', () => {
  it('the median is in the middle, or between the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it('a percentile is the smallest that so many do not exceed', () => {
    const figures = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(percentile(figures, 50)).toBe(100);
    expect(percentile(figures, 99)).toBe(198);
    expect(percentile([7], 99)).toBe(7);
  });
});
