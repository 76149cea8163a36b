import { describe, expect, it } from 'vitest';
import { balanceSteps } from '../../../src/web/console/points/balance-steps.js';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const at = (time: string, balanceAfter: number) => ({ createdAt: `2026-01-01T${time}Z`, balanceAfter });

describe('The balance over time', () => {
  it('has a step at the time of each entry, oldest first, and extends to now', () => {
    expect(balanceSteps([at('12:00:00.000', 7), at('08:30:00.000', 5)], NOW)).toEqual([
      { at: Date.parse('2026-01-01T08:30:00Z'), balance: 5 },
      { at: Date.parse('2026-01-01T12:00:00Z'), balance: 7 },
      { at: NOW, balance: 7 },
    ]);
  });

  it('keeps entries of the same second apart', () => {
    const entries = [at('12:00:00.003', 3), at('12:00:00.002', 2), at('12:00:00.001', 1)];
    expect(balanceSteps(entries, NOW).map(({ balance }) => balance)).toEqual([1, 2, 3, 3]);
  });

  it('has one step for the entries of a millisecond, with the balance after the last one', () => {
    const entries = [at('12:00:00.001', 106), at('12:00:00.001', 220)];
    expect(balanceSteps(entries, NOW).map(({ balance }) => balance)).toEqual([106, 106]);
  });

  it('does not extend into the past where the clock of the browser is behind', () => {
    const entries = [at('12:00:00.000', 7), at('08:30:00.000', 5)];
    expect(balanceSteps(entries, NOW - 86_400_000)).toHaveLength(2);
    expect(balanceSteps([], NOW)).toEqual([]);
  });
});
