import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../support/server.js';
import { ALL_PROBES } from './all-probes.js';
import { FAULTY_LEDGERS } from './faulty-ledgers.js';
import { plans } from './plans.js';
import { FAULTY_CHECKS, FAULTY_FUNCTIONS } from './planted-bugs.js';
import { openStage } from './probes.js';
import { simulate } from './simulation.js';

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
      const broken: string[] = [];
      for (const { rule, run } of ALL_PROBES) {
        const stage = await openStage(server, applyOneBy); // a probe that fails may leave a transaction open
        await run(stage).catch(() => broken.push(rule));
        await stage.close();
      }
      await server.close();
      expect(broken).toContain(breaks);
      expect(broken.length).toBeLessThan(ALL_PROBES.length); // it breaks a rule, not the function
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
