import { describe, expect, it } from 'vitest';
import { measure, type Observed } from './measure.js';
import type { Attempt, Sample } from './measures.js';

/** An attempt each 200 ms from 0 to 60 s; those that begin in one of the periods fail. */
function attempts(...failing: readonly (readonly [number, number])[]): Attempt[] {
  return Array.from({ length: 300 }, (_, nth) => nth * 200).map((from) => ({
    from,
    to: from + 10,
    isDone: !failing.some(([begin, end]) => from >= begin && from < end),
  }));
}

function samples(...red: readonly (readonly [number, number])[]): Sample[] {
  return attempts(...red).map(({ from, isDone }) => ({ at: from, isReady: isDone }));
}

const URL = 'http://node';

function observe(changes: Partial<Observed['nodes'][number]> & { database?: Attempt[]; quiet?: Observed['quiet'] }) {
  const { database = attempts(), quiet, ...node } = changes;
  return measure({
    during: { from: 5_000, to: 60_000 },
    ...{ database, quiet, front: attempts() },
    nodes: [{ url: URL, attempts: attempts(), samples: samples(), ...node }],
  });
}

describe('The measures of a failover', () => {
  it('find nothing while everything works', () => {
    expect(observe({})).toMatchObject({
      databaseOutMs: 0,
      serviceOutMs: 0,
      backMs: 0,
      red: [undefined],
      violations: [],
    });
  });

  it('count the time that a node needs from when the database is back', () => {
    const database = attempts([10_000, 30_000]);
    const within = observe({ database, attempts: attempts([10_000, 44_000]), samples: samples([10_000, 44_000]) });
    expect(within.violations).toEqual([]);
    expect(Math.round(within.backMs / 1_000)).toBe(14);
    expect(Math.round(within.databaseOutMs / 1_000)).toBe(20);
    const late = observe({ database, attempts: attempts([10_000, 46_000]), samples: samples([10_000, 46_000]) });
    expect(late.violations).toEqual([`L4: ${URL} answers 16000 ms after the database`]);
  });

  it('count an outage of a node alone from its beginning', () => {
    const { violations } = observe({ attempts: attempts([10_000, 26_000]), samples: samples([10_000, 26_000]) });
    expect(violations).toEqual([`L4: ${URL} answers 16200 ms after the database`]);
  });

  it('find a node that is ready and answers nothing', () => {
    const { violations } = observe({ attempts: attempts([10_000, 24_000]), samples: samples([20_000, 24_000]) });
    expect(violations).toEqual([`L5: ${URL} was ready for 9990 ms in vain`]);
  });

  it('find a node that answers although it is not ready', () => {
    expect(observe({ samples: samples([10_000, 20_000]) }).violations).toEqual([
      `L6: ${URL} answered 19 changes although it was not ready`,
    ]);
  });

  it('find what is confirmed, and a node that is ready, while nothing can be confirmed', () => {
    const { violations } = observe({ quiet: { from: 10_000, to: 20_000 } });
    expect(violations).toEqual([
      `L8: ${URL} confirmed 10 changes without a standby`,
      `L8: ${URL} was ready 9 times without a standby`,
    ]);
  });
});
