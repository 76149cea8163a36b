import { describe, expect, it } from 'vitest';
import { KINDS, readSearch, searchFault, toFilter } from '../../../src/web/console/points/ledger-filter.js';

const TODAY = '2026-11-30';
const LOCAL = (day: string) => new Date(`${day}T00:00`).toISOString();

describe('The search of the ledger', () => {
  it('matches every entry without parameters, and ignores unknown values', () => {
    expect(filterOf('')).toBeUndefined();
    expect(filterOf('kind=NOTHING&from=2026-02-31&to=soon')).toBeUndefined();
  });

  it('takes a reference to the letter, without a period', () => {
    expect(filterOf('reference=Order%207&kind=SPEND')).toEqual({ reference: 'Order 7', kinds: ['SPEND'] });
  });

  it('has every kind of entries', () => {
    const kinds = KINDS.map((kind) => filterOf(`kind=${kind}&reference=7`)?.kinds);
    expect(kinds).toEqual([['ADD'], ['SPEND'], ['REVERSAL'], ['TRANSFER_OUT'], ['TRANSFER_IN']]);
  });

  it('includes both days of a period', () => {
    expect(filterOf('from=2026-10-01&to=2026-12-31')).toEqual({
      since: LOCAL('2026-10-01'),
      until: LOCAL('2027-01-01'),
    });
  });

  it.for([
    ['kind=ADD', '2026-11-01', '2026-12-01'],
    ['token=0&to=2026-03-30', '2026-03-01', '2026-03-31'],
    ['token=0&from=2026-01-01', '2026-01-01', '2026-01-31'],
    ['kind=ADD&from=2026-11-29&to=2026-11-29', '2026-11-29', '2026-11-30'],
  ] as const)('limits a search by kind or token to thirty days: %s', ([query, since, until]) => {
    expect(filterOf(query)).toMatchObject({ since: LOCAL(since), until: LOCAL(until) });
    expect(faultOf(query)).toBeNull();
  });

  it('refuses a longer period without a reference, and one that ends before it starts', () => {
    expect(faultOf('kind=ADD&from=2026-10-01&to=2026-10-31')).toMatch(/at most 30 days/);
    expect(faultOf('kind=ADD&from=2026-10-01&to=2026-10-31&reference=7')).toBeNull();
    expect(faultOf('from=2026-10-02&to=2026-10-01')).toMatch(/before the first day/);
  });
});

function searchOf(query: string) {
  const parameters = new URLSearchParams(query);
  return readSearch((name) => parameters.get(name), TODAY);
}

const filterOf = (query: string) => toFilter(searchOf(query));
const faultOf = (query: string) => searchFault(searchOf(query));
