import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../support/server.js';
import { ALL_PROBES } from './all-probes.js';
import { FAULTY_LEDGERS } from './faulty-ledgers.js';
import { plans } from './plans.js';
import { FAULTY_CHECKS, FAULTY_FUNCTIONS } from './planted-bugs.js';
import { openStage, type Probe } from './probes.js';
import { simulate } from './simulation.js';

/** Whether a condition holds of some probe; it asks no further ones. */
async function some(probes: readonly Probe[], condition: (probe: Probe) => Promise<boolean>): Promise<boolean> {
  for (const probe of probes) if (await condition(probe)) return true;
  return false;
}

describe('The tests of the ledger', () => {
  it.each(
    [...FAULTY_FUNCTIONS, ...FAULTY_CHECKS].flatMap((fault) =>
      (['change_points', 'apply_changes'] as const).map((applyOneBy) => ({ ...fault, applyOneBy })),
    ),
  )(
    'fail where $bug, with $applyOneBy',
    async ({ plant, breaks, applyOneBy }) => {
      const server = await startServer();
      await plant(server.database);
      const holds = async ({ run }: Probe) => {
        const stage = await openStage(server, applyOneBy); // a probe that fails may leave a transaction open
        const passed = await run(stage).then(
          () => true,
          () => false,
        );
        await stage.close();
        return passed;
      };
      const [broken] = ALL_PROBES.filter(({ rule }) => rule === breaks);
      if (broken === undefined) throw new Error(`No probe finds out whether ${breaks}.`);
      expect(await holds(broken)).toBe(false);
      const others = ALL_PROBES.filter((probe) => probe !== broken);
      expect(await some(others, holds)).toBe(true); // it breaks a rule, not the function
      await server.close();
    },
    60_000,
  );

  it.each(FAULTY_LEDGERS)(
    'fail where $bug',
    async ({ plant }) => {
      const simulation = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
        await simulate(scheduler, plan, plant);
      });
      const { failed } = await fc.check(simulation, { numRuns: 2_000, endOnFailure: true });
      expect(failed).toBe(true);
    },
    60_000,
  );
});
