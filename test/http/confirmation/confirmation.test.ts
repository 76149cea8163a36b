import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.js';
import { plans, type Simulator, startSimulator } from './simulation.js';

/** The server goes as far as it can before the next step: it reads requests, and folds calls into statements. */
const schedulers = fc.scheduler({
  act: async (step) => {
    await step();
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
  },
});
const TURNS = 4;

describe('A credential that changes between any two steps of a request', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  // A failure names its seed and path: give them to `fc.assert` beside `numRuns` to see it again.
  it('never lets a response or a change through that it did not allow since the request arrived', async () => {
    await fc.assert(
      fc.asyncProperty(schedulers, plans, async (scheduler, plan) => await simulator.simulate(scheduler, plan)),
      { numRuns: 3_000 },
    );
  }, 120_000);

  it.each(PLANTED_BUGS)(
    'is found to do so where $bug',
    async ({ planted, replace }) => {
      replace?.();
      const simulation = fc.asyncProperty(schedulers, plans, async (scheduler, plan) => {
        await simulator.simulate(scheduler, plan, planted?.());
      });
      // The one that is hardest to find takes some 5,000 runs.
      const { failed, errorInstance } = await fc.check(simulation, { numRuns: 100_000, endOnFailure: true });
      expect(failed).toBe(true);
      expect(String(errorInstance)).toMatch(/^Error: [A-Z_]+ of (?:APP|USER) /); // a broken rule, not a broken test
    },
    120_000,
  );
});
