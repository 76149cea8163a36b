/** Mistakes in the setup, which the checks must find. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, killPatroni } from './faults.js';
import type { Lab } from './lab.js';
import type { RULES } from './rules.js';

export interface Plant {
  readonly name: string;
  readonly mistake: string;
  /** The rule that finds it. */
  readonly finds: keyof typeof RULES | 'I1';
  /** Makes the mistake in a cluster that is set up well. */
  readonly plant: (lab: Lab) => Promise<void>;
  readonly fault: Fault;
}

/** Long enough for one node to be told of the new leader and to revoke tokens there, while another reads on at the former. */
const LONG_BESIDE_MS = 40_000;

/** Less than PostgreSQL takes to notice. */
const LAG_MS = 2_000;

export const PLANTS: readonly Plant[] = [
  {
    name: 'kept-sessions',
    mistake: 'HAProxy without `on-marked-down shutdown-sessions`; kill -9 of the Patroni of the leader',
    finds: 'L1',
    plant: ({ cluster }) => cluster.restartProxy({ keepSessions: true }),
    fault: {
      name: 'kept-sessions',
      inject: async (lab, roles) => void (await killPatroni(lab, roles, LONG_BESIDE_MS)),
    },
  },
  {
    name: 'asynchronous',
    mistake: 'asynchronous replication; kill -9 of the leader while the standbys are 2 s behind',
    finds: 'I1',
    plant: async ({ cluster }) => {
      await cluster.restartProxy({ keepSessions: false });
      await cluster.becomeAsynchronous();
    },
    fault: {
      name: 'asynchronous',
      inject: async ({ cluster }, { leader, standbys }) => {
        leader.machine.cutFrom(standbys.map(({ machine }) => machine.address));
        await delay(LAG_MS);
        leader.machine.signal('SIGKILL');
        leader.machine.mend();
        await cluster.untilLedByAnother(leader);
        leader.start();
        return undefined;
      },
    },
  },
];
