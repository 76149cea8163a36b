import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../src/web/console/lists/csv.js';
import { positionIn } from '../../../src/web/console/lists/period.js';

const COLUMNS = [
  { title: 'reason', cell: ({ reason }: Row) => reason },
  { title: 'points', cell: ({ points }: Row) => points },
];

interface Row {
  reason: string | null;
  points: number;
}

describe('The CSV of a list', () => {
  it('preserves every text and number', () => {
    const rows = [
      { reason: 'a "quoted", long\nreason; שלום', points: -5 },
      { reason: null, points: Number.MAX_SAFE_INTEGER },
    ];
    expect(parse(toCsv(COLUMNS, rows), { bom: true })).toEqual([
      ['reason', 'points'],
      ['a "quoted", long\nreason; שלום', '-5'],
      ['', '9007199254740991'],
    ]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1+1', 'a;=1+1'])('has no formula in %j', (reason) => {
    const [, row] = parse(toCsv(COLUMNS, [{ reason, points: 1 }]), { bom: true });
    const cell = String(row?.[0]);
    expect(cell.replaceAll("'", '')).toBe(reason);
    for (const part of cell.split(';')) expect(part).not.toMatch(/^[=+\-@\t＝]/);
  });
});

describe('A period', () => {
  const local = (text: string) => new Date(text).toISOString();

  it('includes both of its days, by the clock of this browser', () => {
    const period = { from: '2026-03-01', to: '2026-03-02' };
    expect(positionIn(period, local('2026-02-28T23:59:59.999'))).toBe('before');
    expect(positionIn(period, local('2026-03-01T00:00'))).toBe('in');
    expect(positionIn(period, local('2026-03-02T23:59:59.999'))).toBe('in');
    expect(positionIn(period, local('2026-03-03T00:00'))).toBe('after');
  });

  it('may be open on either side', () => {
    expect(positionIn({ from: '', to: '' }, local('2026-03-01T12:00'))).toBe('in');
    expect(positionIn({ from: '2026-03-02', to: '' }, local('2026-03-01T12:00'))).toBe('before');
    expect(positionIn({ from: '', to: '2026-02-28' }, local('2026-03-01T12:00'))).toBe('after');
  });
});
