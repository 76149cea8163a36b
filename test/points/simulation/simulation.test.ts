import fc from 'fast-check';
import { describe, it } from 'vitest';
import { plans } from './plans.js';
import { simulate } from './simulation.js';

describe('The ledger over a database that fails in every way', () => {
  // A failure names its seed and path: give them to `fc.assert` beside `numRuns` to see it again.
  it('responds to every change, with the true outcome, and makes none twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => await simulate(scheduler, plan)),
      { numRuns: 2_000 },
    );
  }, 120_000);
});
