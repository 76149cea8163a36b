import { setTimeout as delay } from 'node:timers/promises';
import { generateSecrets, type Secrets, USERS, usernameOf } from './data.js';
import { type Cluster, openCluster } from './database.js';
import { type Entrant, environment, findPages } from './entrants.js';
import { findGenerator } from './load.js';
import { measure } from './measure.js';
import { OPERATIONS, type Operation, random } from './operations.js';
import { cell, type Report } from './report.js';
import { scrip } from './scrip.js';
import type { Plan } from './send.js';
import { start } from './server.js';
import { section } from './tables.js';

/** The users whose ledgers are read: they have a full page at every size. */
const READERS = 500;

/** How much there is; the first is what the others are compared with. */
const SIZES = [
  { name: '10k', title: '10,000 entries, 1,000 tokens', ledger: { users: READERS, each: 20 }, otherTokens: 0 },
  { name: '1m', title: '1 million entries', ledger: { users: USERS, each: 100 }, otherTokens: 0 },
  { name: '10m', title: '10 million entries', ledger: { users: USERS, each: 1_000 }, otherTokens: 0 },
  { name: 'tokens', title: '1 million tokens', ledger: { users: READERS, each: 20 }, otherTokens: 999_000 },
];

const read = { credential: 'wide', path: '', writes: false } as const;

const GROWING: readonly Operation[] = [
  ...OPERATIONS.filter(({ name }) => name === 'user' || name === 'add'),
  {
    ...read,
    name: 'history',
    title: 'a page of a ledger',
    query:
      'query History($by: UserBy!) { user(by: $by) { pointsHistory(first: 20) { nodes { id delta balanceAfter } } } }',
    variables: () => ({ by: { username: usernameOf(1 + random(READERS)) } }),
  },
  {
    ...read,
    name: 'leaders',
    title: 'a page of the leaderboard',
    query: 'query Leaders { leaderboard(first: 20) { nodes { username points } } }',
    variables: () => ({}),
  },
];

/** Measures Scrip with little and with much in its database, side by side, and prints what became slower. */
export async function measureGrowth(
  length: Omit<Plan, 'operations' | 'secrets' | 'generator'> & { readonly connections: readonly number[] },
): Promise<void> {
  const generator = await findGenerator();
  const secrets = generateSecrets();
  const cluster = await openCluster();
  const entrants: Entrant[] = [];
  try {
    for (const size of SIZES) {
      process.stderr.write(`${size.title}: filling, starting\n`);
      entrants.push(await open(size, { cluster, secrets }));
    }
    const { samples } = await measure(entrants, { ...length, operations: GROWING, secrets, generator });
    process.stdout.write(`${render({ samples, connections: length.connections })}\n`);
  } finally {
    await Promise.all(entrants.map(({ server }) => server.stop()));
    await cluster.stop();
    await cluster.remove();
  }
}

async function open(
  size: (typeof SIZES)[number],
  { cluster, secrets }: { cluster: Cluster; secrets: Secrets },
): Promise<Entrant> {
  const database = await cluster.create('scrip', `scrip_${size.name}`, { ...size, secrets });
  const contender = { ...scrip(), name: size.name, title: size.title };
  const server = await start(contender, { env: environment(database), secret: secrets.wide[0] ?? '' });
  await delay(1_000);
  const pages = await findPages(server, secrets);
  return { server, database, pages, startMs: server.startMs, idleMiB: server.residentMiB() };
}

/** Each size in proportion to the first: how many times slower it is. */
function render(report: Pick<Report, 'samples' | 'connections'>): string {
  const [first, ...others] = SIZES;
  const rows = GROWING.flatMap(({ name, title }) =>
    report.connections.map((connections) => {
      const figures = (contender: string) => cell(report, { contender, operation: name, connections });
      const small = figures(first?.name ?? '');
      return [
        `${name} @${connections}: ${title}`,
        `${Math.round(small.perSecond)}/s, p99 ${small.p99Ms.toFixed(1)} ms`,
        ...others.map((size) => {
          const { perSecond, p99Ms } = figures(size.name);
          return `${(small.perSecond / perSecond).toFixed(2)}, p99 ${p99Ms.toFixed(1)} ms`;
        }),
      ];
    }),
  );
  const caption = `How many times slower Scrip is with more in its database: ${USERS} users throughout.`;
  return section(caption, ['', ...SIZES.map(({ title }) => title)], rows);
}
