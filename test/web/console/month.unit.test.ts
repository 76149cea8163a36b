import { describe, expect, it } from 'vitest';
import { addMonths, monthLabel, parseMonth, periodOf } from '../../../src/web/console/statement/month.js';

const NOW = new Date('2026-11-30T12:00:00Z');

describe('The month of a statement', () => {
  it.for([
    ['2026-02', '2026-02'],
    ['2027-01', '2026-11'],
    ['2026-13', '2026-11'],
    ['soon', '2026-11'],
    [null, '2026-11'],
  ] as const)('is the current one unless another one is named: %s', ([text, month]) => {
    expect(parseMonth(text, NOW)).toBe(month);
  });

  it('is a month of UTC, up to now if it has not ended', () => {
    expect(periodOf('2026-10', NOW)).toEqual({
      since: '2026-10-01T00:00:00.000Z',
      until: '2026-11-01T00:00:00.000Z',
      isOver: true,
    });
    expect(periodOf('2026-11', NOW)).toMatchObject({ until: NOW.toISOString(), isOver: false });
  });

  it('has a month before and after it in other years', () => {
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addMonths('2025-12', 1)).toBe('2026-01');
    expect(monthLabel('2026-01')).toBe('January 2026');
  });
});
