/** The cluster, two nodes on it, one of them by way of PgBouncer, and the proxy that clients use. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { SCOPES } from '../../src/auth/scope.js';
import type { FaultyDatabase } from '../faults/database.js';
import { type Node, scrip, startNode } from '../faults/nodes.js';
import { type Cluster, openCluster } from './cluster.js';
import { frontConfig, readDeployed } from './configuration.js';

export interface Lab {
  readonly cluster: Cluster;
  readonly nodes: readonly Node[];
  /** The proxy before the nodes. */
  readonly front: string;
  /** A token that may do everything. */
  readonly secret: string;
  readonly database: FaultyDatabase;
  /** For journals. */
  readonly directory: string;
  close(): Promise<void>;
}

const PORTS = { front: 4000, direct: 4001, pooled: 4002 };

/** The first node migrates an empty database: on a busy machine that takes long. */
const FIRST_START_MS = 240_000;

/**
 * @param directory of this lab alone.
 * @param settings are added to those of the nodes.
 */
export async function openLab(directory: string, settings: Readonly<Record<string, string>>): Promise<Lab> {
  mkdirSync(directory);
  const nodes: Node[] = [];
  let front: ChildProcess | undefined;
  const cluster = await openCluster(directory);
  const close = async () => {
    front?.kill('SIGKILL');
    await Promise.all(nodes.map((node) => node.stop()));
    await cluster.close();
  };
  try {
    const pooled = { DATABASE_URL: cluster.poolerUrl, DATABASE_POOLER: 'on', DATABASE_LISTEN_URL: cluster.url };
    // Migrations need a direct connection, so that node is first.
    for (const [port, own] of [
      [PORTS.direct, { DATABASE_URL: cluster.url }],
      [PORTS.pooled, pooled],
    ] as const) {
      const node = await startNode(own.DATABASE_URL, port, { ...own, ...settings });
      nodes.push(node);
      if (!(await node.untilReady(FIRST_START_MS))) throw new Error('A node does not start.');
    }
    const config = join(directory, 'front.cfg');
    writeFileSync(config, frontConfig(readDeployed('haproxy/scrip.cfg'), PORTS));
    front = spawn('/usr/sbin/haproxy', ['-f', config], { stdio: 'ignore' });
    const args = ['--owner', 'admin', '--name', 'failovers', '--scopes', SCOPES.join(',')];
    const { stdout } = await scrip(cluster.url, ['token', 'issue', ...args]);
    const database = databaseOf(cluster);
    return {
      ...{
        cluster,
        nodes,
        front: `http://127.0.0.1:${PORTS.front}`,
        secret: stdout.trim(),
        database,
        directory,
        close,
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The leader's database as the checks ask it. A cluster is not broken in the ways of one server. */
function databaseOf({ url, adminUrl }: Cluster): FaultyDatabase {
  const unsupported = async () => {
    throw new Error('A cluster is not broken in this way.');
  };
  const session: FaultyDatabase['session'] = async (work) => {
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000, query_timeout: 20_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end().catch(() => {});
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
