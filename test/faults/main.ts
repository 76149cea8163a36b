/**
 * `npm run faults -- [--seconds 10] [--clients 16] [--only <words>] [--plant <words>]`: two nodes and a PostgreSQL of
 * their own, as real processes on this machine; clients who write down what they are told; one fault after the other;
 * and then whether the ledger is what the clients were told. Prints a Markdown table. The status is 1 where a rule was
 * broken. `--plant` puts one of the bugs of `test/points/planted-bugs.ts` into the database before.
 */
import '../../src/build.mjs';
import { parseArgs } from 'node:util';
import { SCOPES } from '../../src/auth/scope.js';
import { findFreePort } from '../../src/database/embedded/postmaster.js';
import { FAULTY_FUNCTIONS } from '../points/planted-bugs.js';
import { openFaultyDatabase } from './database.js';
import { FAULTS, type Fault } from './faults.js';
import { type Node, scrip, startNode } from './nodes.js';
import { type Result, run } from './run.js';

const HEAD = `| fault | injected | operations | answered | unknown, then resolved | reads | serves again after | violations |
|---|--:|--:|--:|--:|--:|--:|--:|
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '16' },
    only: { type: 'string', default: '' },
    plant: { type: 'string' },
  },
});
const database = await openFaultyDatabase();
const nodes: Node[] = [];
process.once('SIGINT', () => void cleanUp().finally(() => process.exit(130)));
try {
  for (let number = 0; number < 2; number++) nodes.push(await startNode(database.url, await findFreePort()));
  for (const node of nodes) if (!(await node.untilReady())) throw new Error('A node does not start.');
  await plant(values.plant);
  process.exitCode = await runAll(await issueToken());
} finally {
  await cleanUp();
}

async function runAll(secret: string): Promise<number> {
  const stage = { database, nodes, secret, seconds: Number(values.seconds), clients: Number(values.clients) };
  const rows: string[] = [];
  let broken = 0;
  for (const fault of FAULTS.filter(({ name }) => name.includes(values.only))) {
    process.stderr.write(`${fault.name} …\n`);
    const result = await run(fault, stage);
    for (const violation of result.violations.slice(0, 10)) process.stderr.write(`  ${violation}\n`);
    broken += result.violations.length;
    rows.push(row(fault, result));
  }
  process.stdout.write(`${HEAD}${rows.join('')}`);
  return broken === 0 ? 0 : 1;
}

async function issueToken(): Promise<string> {
  const args = ['--owner', 'admin', '--name', 'faults', '--scopes', SCOPES.join(',')];
  return (await scrip(database.url, ['token', 'issue', ...args])).stdout.trim();
}

async function plant(words: string | undefined): Promise<void> {
  if (words === undefined) return;
  const planted = FAULTY_FUNCTIONS.find(({ bug }) => bug.includes(words));
  if (planted === undefined)
    throw new Error(`There is no such bug: ${FAULTY_FUNCTIONS.map(({ bug }) => bug).join('; ')}`);
  await planted.plant({ url: database.url, query: database.query, drop: async () => {} });
}

function row({ name }: Fault, { injected, operations, unknown, reads, healedMs, violations }: Result): string {
  const answered = operations - unknown;
  const healed = `${Math.round(healedMs)} ms`;
  const cells = [name, injected, operations, answered, unknown, reads, healed, violations.length];
  return `| ${cells.join(' | ')} |\n`;
}

async function cleanUp(): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
  await database.close();
}
