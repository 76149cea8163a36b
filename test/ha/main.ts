/**
 * `node --import tsx test/ha/main.ts`: two nodes on a cluster of three PostgreSQL servers under Patroni behind haproxy;
 * clients who write down what they are told; a switchover and a kill of the leader; and then whether the ledger, and what
 * was answered besides, is what the clients were told. Prints a Markdown table. The status is 1 where a rule of
 * `test/faults/invariants.ts` was broken, 2 where a package is missing.
 *
 * - `--only <words>`: the faults whose name has these words.
 * - `--seconds 5`, `--clients 8`: of each run, the failover itself apart.
 */
import '../../tools/build.mjs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { SCOPES } from '../../src/auth/scope.js';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import type { FaultyDatabase } from '../faults/database.js';
import type { Fault } from '../faults/faults.js';
import { type Node, scrip, startNode } from '../faults/nodes.js';
import { type FaultRow, report } from '../faults/report.js';
import { run } from '../faults/run.js';
import { type Cluster, missingPackages, openCluster } from './cluster.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '8' },
  },
});
const load = { seconds: Number(values.seconds), clients: Number(values.clients) };

const missing = missingPackages();
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exit(2);
}
process.exit(await main());

async function main(): Promise<number> {
  process.stderr.write('starting the cluster …\n');
  const cluster = await openCluster();
  const nodes: Node[] = [];
  try {
    for (let number = 0; number < 2; number++) {
      nodes.push(await startNode(cluster.url, await findFreePort(), { REQUIRE_SYNC_STANDBY: 'on' }));
    }
    for (const node of nodes) if (!(await node.untilReady())) throw new Error('A node does not start.');
    const args = ['--owner', 'admin', '--name', 'failovers', '--scopes', SCOPES.join(',')];
    const { stdout } = await scrip(cluster.url, ['token', 'issue', ...args]);
    const rows: FaultRow[] = [];
    for (const fault of failovers(cluster).filter(({ name }) => name.includes(values.only))) {
      process.stderr.write(`${fault.name} …\n`);
      const database = databaseOf(cluster);
      const result = await run(fault, { database, nodes, secret: stdout.trim(), ...load });
      for (const violation of result.violations.slice(0, 10)) process.stderr.write(`  ${violation}\n`);
      rows.push({ name: fault.name, result });
    }
    process.stdout.write(report({ ...load, faults: rows, plants: [] }));
    return rows.some(({ result }) => result.violations.length > 0) ? 1 : 0;
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await cluster.close();
  }
}

function failovers(cluster: Cluster): Fault[] {
  const once = (name: string, work: () => Promise<void>): Fault => ({
    name,
    inject: async () => {
      await work();
      return 1;
    },
    pauseMs: 3_000,
  });
  return [once('switchover', cluster.switchOver), once('kill -9 of the leader and its Patroni', cluster.killLeader)];
}

/** The cluster as the checks ask it; what runs of one server do to it is not to be had here. */
function databaseOf({ url, adminUrl }: Cluster): FaultyDatabase {
  const admin = new URL(adminUrl);
  admin.pathname = new URL(url).pathname;
  const unsupported = async () => {
    throw new Error('A cluster is not broken in this way.');
  };
  const session: FaultyDatabase['session'] = async (work) => {
    const client = new pg.Client({ connectionString: admin.href, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      await work(client);
    } finally {
      await Promise.race([client.end().catch(() => {}), delay(1_000)]);
    }
  };
  return {
    url,
    session,
    query: async (statement, parameters) => {
      let rows: Record<string, unknown>[] = [];
      await session(async (client) => {
        ({ rows } = await client.query(statement, parameters));
      });
      return rows;
    },
    killBackend: unsupported,
    killPostmaster: unsupported,
    restart: unsupported,
    freeze: unsupported,
    close: unsupported,
  };
}
