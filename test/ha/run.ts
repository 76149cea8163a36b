/** Injects one fault while clients work, and checks everything afterwards. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolve } from '../faults/client.js';
import { violations } from '../faults/invariants.js';
import { scrip } from '../faults/nodes.js';
import { finalOutcome, type Operation } from '../faults/operation-log.js';
import { revocationViolations, revokeAgain as revokeWhileUsed } from '../faults/revocations.js';
import { loadTransactions, lostTransactions } from '../faults/transactions.js';
import { createUsers } from '../faults/users.js';
import { type ClientOptions, probeAgain, workAgain } from './clients.js';
import type { Fault } from './faults.js';
import { followAll, followUser } from './followers.js';
import { openJournal, readJournal } from './journal.js';
import type { Lab } from './lab.js';
import { type Measures, measure, type Observed } from './measure.js';
import { probeDatabase, watchReadyz } from './probes.js';
import { differences, timelineOf } from './servers-agree.js';
import { issueStock, lostRevocations, revokeAgain } from './tokens.js';

export interface Load {
  /** Before and after the fault. */
  readonly seconds: number;
  readonly clients: number;
}

export interface Result extends Measures {
  readonly operations: number;
  /** Operations of which no client was told the outcome before the end of the run, and how many of them were done. */
  readonly unknown: number;
  readonly unknownDone: number;
  /** Confirmed changes of users, tokens, sessions and posts. */
  readonly transactions: number;
  readonly revoked: number;
  /** How often a revoked token was used. */
  readonly uses: number;
  /** How often a subscription was resumed. */
  readonly breaks: number;
  readonly timelines: readonly [number, number];
}

const USERS = 12;

export async function run(fault: Fault, lab: Lab, { seconds, clients }: Load): Promise<Result> {
  const { cluster, nodes, front, secret, database, directory } = lab;
  const roles = await cluster.untilWhole();
  const timeline = await timelineOf(cluster);
  const urls = nodes.map(({ url }) => url);
  const crashesBefore = nodes.map(({ crashes }) => crashes);
  const userIds = await createUsers(`${fault.name} ${Date.now()}`, USERS, { url: front, secret });
  const file = join(directory, `journal-${Date.now()}.jsonl`);
  const over = new AbortController();
  const { signal } = over;
  const name = `${fault.name} ${Date.now()}`;
  const options: ClientOptions = { front, nodes: urls, secret, userIds, name, journal: openJournal(file), signal };
  const stock = await issueStock(options);
  const [hot = ''] = userIds;
  const followers = urls.flatMap((url) => [
    followUser(hot, { url, secret, userIds }),
    followAll({ url, secret, userIds }),
  ]);
  followers.push(followUser(hot, { url: front, secret, userIds }));
  await delay(1_000);

  const working = workAgain(clients, options);
  const revoking = revokeAgain(stock, options);
  const revokingWhileUsed = revokeWhileUsed({ database, urls, secret, userIds, name, signal });
  const transacting = loadTransactions({ urls, secret, clients: 1, name, signal });
  const probing = Promise.all([front, ...urls].map((url) => probeAgain(url, options)));
  const probingDatabase = probeDatabase(cluster.adminUrl, signal);
  const watching = Promise.all(urls.map((url) => watchReadyz(url, signal)));
  await delay(seconds * 1_000);
  const from = performance.now();
  const quiet = await fault.inject(lab, roles);
  await cluster.untilWhole();
  const ready = await Promise.all(nodes.map((node) => node.untilReady()));
  await delay(seconds * 1_000);
  const to = performance.now();
  over.abort();

  const reads = await working;
  const revocations = await revoking;
  const used = await revokingWhileUsed;
  const transactions = await transacting;
  const [ofFront = [], ...ofNodes] = await probing;
  const samples = await watching;
  const observed: Observed = {
    during: { from, to },
    quiet,
    database: await probingDatabase,
    front: ofFront,
    nodes: urls.map((url, nth) => ({ url, attempts: ofNodes[nth] ?? [], samples: samples[nth] ?? [] })),
  };
  const operations = [...readJournal(file), ...used.operations];
  const unknown = operations.filter((operation) => finalOutcome(operation).outcome === 'UNKNOWN');
  await resolveAll(unknown, front, secret);
  const measured = measure(observed);
  return {
    ...measured,
    operations: operations.length,
    unknown: unknown.length,
    unknownDone: unknown.filter((operation) => finalOutcome(operation).outcome === 'OK').length,
    transactions: transactions.changes,
    revoked: revocations.revoked.length + used.revocations.length,
    uses: revocations.uses,
    breaks: followers.reduce((sum, { breaks }) => sum + breaks, 0),
    timelines: [timeline, await timelineOf(cluster)],
    violations: [
      ...measured.violations,
      ...ready.flatMap((isReady, nth) => (isReady ? [] : [`L3: ${urls[nth]} does not become ready`])),
      ...nodes.flatMap(({ url, crashes }, nth) =>
        crashes === crashesBefore[nth] ? [] : [`L3: ${url} has exited by itself`],
      ),
      ...(await violations(database, { operations, ...reads }, userIds)),
      ...revocations.violations,
      ...(await lostRevocations(database, revocations)),
      ...(await revocationViolations(database, used)),
      ...(await lostTransactions(database, transactions)),
      ...(await Promise.all(followers.map((follower) => follower.finish(database)))).flat(),
      ...(await differences(cluster)),
      ...(await verify(cluster.url)),
    ],
  };
}

async function resolveAll(unknown: readonly Operation[], url: string, secret: string): Promise<void> {
  for (const operation of unknown) {
    for (let tries = 0; tries < 5 && finalOutcome(operation).outcome === 'UNKNOWN'; tries++) {
      await resolve(url, secret, operation);
    }
  }
}

async function verify(url: string): Promise<string[]> {
  const { status, stdout } = await scrip(url, ['ledger', 'verify']);
  return status === 0 ? [] : [`I4: ${stdout.trim()}`];
}
