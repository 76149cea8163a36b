import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { ENTRIES_OF_USER, generateSecrets, type Secrets, USERS } from './data.js';
import { type Cluster, openCluster } from './database.js';
import { environment, findPages } from './entrants.js';
import { type Inspector, openInspector } from './inspector.js';
import type { Contender } from './line-up.js';
import { keyOf, prefixOfKeys } from './load.js';
import { KEY, type Operation } from './operations.js';
import { requestsFor } from './requests.js';
import { start } from './server.js';
import { section } from './tables.js';

const REQUESTS = 500;

/** Compiled code allocates less than what is interpreted. */
const WARM_UP_REQUESTS = 3_000;

/** So large a young generation holds what all requests of a count allocate: nothing is collected meanwhile. */
const NODE_OPTIONS = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

interface Counts {
  readonly promises: number;
  readonly ticks: number;
  readonly timers: number;
  readonly immediates: number;
  readonly clientWrites: number;
  readonly clientBytes: number;
  readonly databaseWrites: number;
  readonly databaseBytes: number;
  readonly allocatedBytes: number;
}

/** Counts what one request of each operation makes, one at a time over one connection, and prints it. */
export async function countRequests(contenders: readonly Contender[], operations: readonly Operation[]): Promise<void> {
  const secrets = generateSecrets();
  const cluster = await openCluster();
  try {
    const rows: string[][] = [];
    for (const contender of contenders) {
      const found = await countAll(contender, operations, { cluster, secrets });
      for (const [name, counts] of found) rows.push([`${contender.title}: ${name}`, ...toRow(counts)]);
    }
    process.stdout.write(`${section(CAPTION, HEAD, rows)}\n`);
  } finally {
    await cluster.stop();
    await cluster.remove();
  }
}

const CAPTION = `What one request makes: means of ${REQUESTS}, one after the other over one connection.`;
const HEAD = ['', 'promises', 'ticks', 'timers', 'immediates', 'to the client', 'to PostgreSQL', 'allocated'];

function toRow(counts: Counts): string[] {
  const sent = (writes: number, bytes: number) => `${round(writes)} × ${Math.round(bytes / writes)} B`;
  return [
    ...[counts.promises, counts.ticks, counts.timers, counts.immediates].map(round),
    sent(counts.clientWrites, counts.clientBytes),
    sent(counts.databaseWrites, counts.databaseBytes),
    `${(counts.allocatedBytes / 1_024).toFixed(1)} KiB`,
  ];
}

const round = (figure: number) => figure.toFixed(2).replace(/\.?0+$/, '');

async function countAll(
  contender: Contender,
  operations: readonly Operation[],
  { cluster, secrets }: { cluster: Cluster; secrets: Secrets },
): Promise<Map<string, Counts>> {
  const size = { secrets, ledger: { users: USERS, each: ENTRIES_OF_USER }, otherTokens: 0 };
  const database = await cluster.create(contender.tables, contender.name, size);
  const port = await findFreePort();
  const counter = ['--import', `${import.meta.dirname}/count-hooks.mjs`];
  const found = new Map<string, Counts>();
  for (const operation of operations) {
    const server = await start(contender, {
      env: environment(database),
      secret: secrets.wide[0] ?? '',
      nodeOptions: [...NODE_OPTIONS, `--inspect=127.0.0.1:${port}`, ...counter],
    });
    try {
      const pages = await findPages(server, secrets);
      const { url, requests } = requestsFor({ server, pages }, [operation], secrets);
      found.set(operation.name, await count(await openInspector(port), createSender(url, requests)));
    } finally {
      await server.stop();
    }
  }
  return found;
}

type Send = (count: number) => Promise<void>;

async function count(inspector: Inspector, send: Send): Promise<Counts> {
  await send(WARM_UP_REQUESTS);
  const before = await readCounts(inspector);
  await send(REQUESTS);
  const after = await readCounts(inspector);

  await evaluate(inspector, 'stopCounting()');
  await inspector.call('HeapProfiler.enable');
  await send(REQUESTS);
  await inspector.call('HeapProfiler.collectGarbage');
  const usedBefore = await usedBytes(inspector);
  await send(REQUESTS);
  const allocated = (await usedBytes(inspector)) - usedBefore;
  inspector.close();

  const each = (name: keyof typeof before) => (after[name] - before[name]) / REQUESTS;
  return {
    promises: each('promises'),
    ticks: each('ticks'),
    timers: each('timers'),
    immediates: each('immediates'),
    clientWrites: each('clientWrites'),
    clientBytes: each('clientBytes'),
    databaseWrites: each('databaseWrites'),
    databaseBytes: each('databaseBytes'),
    allocatedBytes: allocated / REQUESTS,
  };
}

async function readCounts(inspector: Inspector): Promise<Omit<Counts, 'allocatedBytes'>> {
  return JSON.parse(await evaluate(inspector, 'JSON.stringify(counts)'));
}

async function evaluate(inspector: Inspector, expression: string): Promise<string> {
  const { result } = await inspector.call<{ result: { value: string } }>('Runtime.evaluate', { expression });
  return result.value;
}

const usedBytes = async (inspector: Inspector) =>
  (await inspector.call<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize;

/** Sends the next requests, one after the other. */
function createSender(url: string, requests: ReturnType<typeof requestsFor>['requests']): Send {
  const prefix = prefixOfKeys();
  let sent = 0;
  return async (count) => {
    for (const end = sent + count; sent < end; sent++) {
      const { path, secret, body } = requests[sent % requests.length] ?? { path: '', secret: '', body: '' };
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: body.replace(KEY, keyOf(prefix, sent)),
      });
      await response.arrayBuffer();
    }
  };
}
