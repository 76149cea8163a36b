import { SCOPES } from '../../src/auth/scope.js';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { type FaultyDatabase, openFaultyDatabase } from './database.js';
import { type Node, scrip, startNode } from './nodes.js';

/** Where a run takes place: two nodes and a PostgreSQL of their own, as processes of this machine. */
export interface Stage {
  readonly database: FaultyDatabase;
  readonly nodes: readonly Node[];
  /** A token that may do everything. */
  readonly secret: string;
}

/** Two nodes start at once, and migrate an empty database: on a busy machine that takes longer than any start of later. */
const FIRST_START_MS = 60_000;

/**
 * Puts up a stage, works on it, and ends everything that was started for it, whatever happens.
 *
 * @param interrupted rejects when the work is no longer wanted. What it is doing then goes on until it fails.
 */
export async function onStage<Result>(
  interrupted: Promise<never>,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const database = await openFaultyDatabase();
  const nodes: Node[] = [];
  try {
    for (let number = 0; number < 2; number++) nodes.push(await startNode(database.url, await findFreePort()));
    const ready = prepare({ database, nodes });
    return await Promise.race([ready.then(work), interrupted]);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await database.close();
  }
}

async function prepare({ database, nodes }: Omit<Stage, 'secret'>): Promise<Stage> {
  for (const node of nodes) if (!(await node.untilReady(FIRST_START_MS))) throw new Error('A node does not start.');
  const args = ['--owner', 'admin', '--name', 'faults', '--scopes', SCOPES.join(',')];
  const { stdout } = await scrip(database.url, ['token', 'issue', ...args]);
  return { database, nodes, secret: stdout.trim() };
}
