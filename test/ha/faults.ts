/** What happens to the cluster, and how it is repaired where it does not recover by itself. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Member, Roles } from './cluster.js';
import type { Lab } from './lab.js';
import type { Period } from './measures.js';

export interface Fault {
  readonly name: string;
  /** Returns when no change could be confirmed, if the fault is to prevent that. */
  readonly inject: (lab: Lab, roles: Roles) => Promise<Period | undefined>;
}

/** How long a former leader works on beside the new one. */
const BESIDE_MS = 5_000;
const STOPPED_MS = 30_000;
const ALONE_MS = 30_000;

export const FAULTS: readonly Fault[] = [
  injects('switchover', async ({ cluster }, roles) => {
    await cluster.switchOver(roles);
    await cluster.untilLedByAnother(roles.leader);
  }),
  injects('kill -9 of the leader and its Patroni', async ({ cluster }, { leader }) => {
    leader.machine.signal('SIGKILL');
    await cluster.untilLedByAnother(leader);
    leader.start();
  }),
  injects('kill -9 of the Patroni of the leader, whose PostgreSQL keeps running', killPatroni),
  injects(`the leader and its Patroni are stopped for ${STOPPED_MS / 1_000} s (SIGSTOP)`, async (_, { leader }) => {
    leader.machine.signal('SIGSTOP');
    await delay(STOPPED_MS);
    leader.machine.signal('SIGCONT');
  }),
  injects('the same until another member has been the leader for 5 s', async ({ cluster }, { leader }) => {
    leader.machine.signal('SIGSTOP');
    await cluster.untilLedByAnother(leader).finally(async () => {
      await delay(BESIDE_MS);
      leader.machine.signal('SIGCONT');
    });
  }),
  injects('kill -9 of the synchronous standby and its Patroni', async (_, { syncStandby }) => {
    syncStandby.machine.signal('SIGKILL');
    await delay(BESIDE_MS);
    syncStandby.start();
  }),
  injects('the network of the synchronous standby is cut for 30 s', async (_, { syncStandby: { machine } }) => {
    machine.cut();
    await delay(ALONE_MS);
    machine.mend();
  }),
  { name: 'kill -9 of both standbys, for 30 s', inject: loseStandbys },
  injects('kill -9 of PgBouncer, started again after 1 s', async ({ cluster }) => {
    await cluster.restartPooler();
  }),
  injects('the network of the leader is cut until 5 s after another leads', async ({ cluster }, { leader }) => {
    leader.machine.cut();
    await untilReplaced(cluster, leader);
  }),
  injects('the leader is cut off from etcd and the standbys, not from clients', async ({ cluster }, roles) => {
    const { leader, standbys } = roles;
    leader.machine.cutFrom([...cluster.etcdAddresses, ...standbys.map(({ machine }) => machine.address)]);
    await untilReplaced(cluster, leader);
  }),
];

function injects(name: string, inject: (lab: Lab, roles: Roles) => Promise<void>): Fault {
  return { name, inject: async (lab, roles) => void (await inject(lab, roles)) };
}

export async function killPatroni({ cluster }: Lab, { leader }: Roles, besideMs = BESIDE_MS): Promise<void> {
  leader.machine.signal('SIGKILL', ['patroni', 'python']);
  await cluster.untilLedByAnother(leader);
  await delay(besideMs);
  leader.start();
}

async function untilReplaced(cluster: Lab['cluster'], leader: Member): Promise<void> {
  await cluster.untilLedByAnother(leader).finally(async () => {
    await delay(BESIDE_MS);
    leader.machine.mend();
  });
}

async function loseStandbys(_: Lab, { standbys }: Roles): Promise<Period> {
  const from = performance.now();
  for (const { machine } of standbys) machine.signal('SIGKILL');
  await delay(ALONE_MS);
  const to = performance.now();
  const [first, second] = standbys;
  first?.start();
  await delay(BESIDE_MS);
  second?.start();
  return { from, to };
}
