import { setTimeout as delay } from 'node:timers/promises';
import { BANK_POINTS, type BankChange, isOpen, moveAgain, resolveChange } from './bank.js';
import { bankViolations } from './bank-violations.js';
import { perform, resolve, send } from './client.js';
import { crowdAgain, crowdViolations } from './crowded-holds.js';
import type { FaultyDatabase } from './database.js';
import type { Fault } from './faults.js';
import { violations } from './invariants.js';
import { repeatJobs } from './jobs.js';
import { exceedLimits, limitViolations } from './limits.js';
import { load } from './load.js';
import { scrip } from './nodes.js';
import { finalOutcome, type Operation } from './operation-log.js';
import { revocationViolations, revokeAgain } from './revocations.js';
import type { Stage } from './stage.js';
import { loadTransactions, lostTransactions } from './transactions.js';
import { createUsers } from './users.js';

/** Where a fault is injected, how long, and the number of clients. */
export interface RunOptions extends Stage {
  readonly seconds: number;
  readonly clients: number;
}

/** The result of a run with one fault. */
export interface Result {
  readonly injected: number;
  readonly operations: number;
  /** Confirmed changes of users, tokens, sessions and posts, and first adds. */
  readonly transactions: number;
  /** How many first adds of these were confirmed. */
  readonly firstAdds: number;
  /** How many of the operations got no response, and were resolved afterwards. */
  readonly unknown: number;
  readonly reads: number;
  /** How many tokens were revoked or paused while they were used. */
  readonly revocations: number;
  /** How many tokens were used beyond their limit. */
  readonly limitedTokens: number;
  /** How many transfers and changes of holds were requested. */
  readonly movements: number;
  /** From the end of the fault until every node had added a point. */
  readonly healedMs: number;
  readonly violations: readonly string[];
}

const USERS = 20;

/** Users whose points are moved and held. */
const BANK_USERS = 6;

/** Clients whose changes are transactions, beside those that change points. */
const TRANSACTION_CLIENTS = 3;

/** What a node has to serve again after, and how long others may wait where an account is locked. */
const HEAL_MS = 15_000;
const SPARED_MS = 2_000;

/** Injects a fault again and again while clients work, waits for recovery, and checks the `RULES`. */
export async function run(fault: Fault, options: RunOptions): Promise<Result> {
  const { database, nodes, secret, clients } = options;
  const creator = { url: nodes[0]?.url ?? '', secret };
  const userIds = await createUsers(fault.name, USERS, creator);
  const bankIds = await createUsers(`bank-${fault.name}`, BANK_USERS, creator);
  await endow(bankIds, options);
  const conflictsBefore = nodes.map(({ conflicts }) => conflicts);
  const over = new AbortController();
  const urls = nodes.map(({ url }) => url);
  const common = { urls, secret, userIds, name: fault.name, signal: over.signal };
  const loading = load({ ...common, clients });
  const revoking = revokeAgain({ ...common, database });
  const exceeding = exceedLimits(common);
  const moving = moveAgain({ ...common, userIds: bankIds });
  const crowding = crowdAgain(common);
  const transacting = loadTransactions({
    urls,
    secret,
    clients: TRANSACTION_CLIENTS,
    name: fault.name,
    signal: over.signal,
  });
  const [node] = nodes;
  const repeating = node === undefined ? [] : repeatJobs(database, node, over.signal);
  const everyone = [...userIds, ...bankIds];
  const injection = await injectAgain(fault, options, everyone);
  const healing = performance.now();
  const healed = await untilServed(options, userIds);
  const healedMs = performance.now() - healing;
  over.abort();
  const [loaded, revoked, limited, moved, crowds, transactions, ofJobs] = await Promise.all([
    loading,
    revoking,
    exceeding,
    moving,
    crowding,
    transacting,
    repeating,
  ]);
  const log = { ...loaded, operations: [...loaded.operations, ...revoked.operations, ...limited.operations] };
  const unknown = log.operations.filter((operation) => finalOutcome(operation).outcome === 'UNKNOWN');
  await makeCertain(unknown, options);
  const movements = [...moved, ...crowds.flatMap(({ changes }) => changes)];
  await makeMovementsCertain(movements.filter(isOpen), options);
  const everything = { ...log, operations: [...log.operations, ...healed.probes] };
  return {
    injected: injection.injected,
    operations: log.operations.length,
    transactions: transactions.changes,
    firstAdds: transactions.firstAdds.filter(({ userId }) => userId !== undefined).length,
    unknown: unknown.length,
    reads: log.reads,
    revocations: revoked.revocations.length,
    limitedTokens: limited.tokens.length,
    movements: movements.length,
    healedMs,
    violations: [
      ...injection.violations,
      ...healed.violations,
      ...spared(fault, [...log.operations, ...movements], everyone),
      ...(await violations(database, everything, userIds)),
      ...(await revocationViolations(database, revoked)),
      ...(await limitViolations(database, limited)),
      ...(await bankViolations(database, moved, bankIds)),
      ...(await crowdViolations(database, crowds)),
      ...(await lostTransactions(database, transactions)),
      ...ofJobs,
      ...(await leftOver(options)),
      ...conflicts(options, conflictsBefore),
      ...(await verify(database)),
    ],
  };
}

/** Gives users the points that they move. */
async function endow(userIds: readonly string[], { nodes: [node], secret }: RunOptions): Promise<void> {
  const query = 'mutation ($input: AddPointsInput!) { addPoints(input: $input) { points } }';
  for (const id of userIds) {
    const body = await send(node?.url ?? '', secret, query, {
      input: { user: { id }, points: BANK_POINTS, idempotencyKey: `points of ${id}` },
    });
    if (body?.data?.addPoints == null) throw new Error('A user could not be given points.');
  }
}

async function injectAgain(fault: Fault, options: RunOptions, userIds: readonly string[]) {
  const end = performance.now() + options.seconds * 1_000;
  const found: string[] = [];
  let injected = 0;
  while (performance.now() < end) {
    await delay(fault.pauseMs);
    injected += await fault.inject({ ...options, userIds }).catch((error: { code?: string }) => {
      if (error.code !== DEADLOCK) throw error;
      found.push('I9: a session that locked an account met a deadlock');
      return 0;
    });
  }
  return { injected, violations: found };
}

const DEADLOCK = '40P01';

async function untilServed({ nodes, secret }: RunOptions, userIds: readonly string[]) {
  const probes: Operation[] = [];
  const found: string[] = [];
  const deadline = performance.now() + HEAL_MS;
  for (const { url, untilReady } of nodes) {
    if (!(await untilReady())) found.push(`I8: ${url} is not ready ${HEAL_MS} ms after the fault`);
    const key = `probe of ${url} at ${performance.now()}`;
    const probe: Operation = { key, userId: userIds.at(-1) ?? '', kind: 'ADD', points: 1, outcomes: [] };
    probes.push(probe);
    while (finalOutcome(probe).outcome !== 'OK' && performance.now() < deadline) await perform(url, secret, probe);
    if (finalOutcome(probe).outcome !== 'OK') found.push(`I8: ${url} does not serve ${HEAL_MS} ms after the fault`);
  }
  return { probes, violations: found };
}

async function makeCertain(unknown: readonly Operation[], { nodes, secret }: RunOptions): Promise<void> {
  for (let from = 0; from < unknown.length; from += 32) {
    const some = unknown.slice(from, from + 32);
    await Promise.all(some.map((operation, nth) => resolve(nodes[nth % nodes.length]?.url ?? '', secret, operation)));
  }
}

async function makeMovementsCertain(open: readonly BankChange[], { nodes, secret }: RunOptions): Promise<void> {
  for (let from = 0; from < open.length; from += 32) {
    const some = open.slice(from, from + 32);
    await Promise.all(some.map((change, nth) => resolveChange(nodes[nth % nodes.length]?.url ?? '', secret, change)));
  }
}

/** Changes that took long, although the fault concerned none of the users whose points they change. */
function spared({ spares }: Fault, changes: readonly (Operation | BankChange)[], userIds: readonly string[]): string[] {
  const served = new Set(spares?.(userIds) ?? []);
  return changes.flatMap((change) => {
    const usersOf = 'to' in change && change.to !== undefined ? [change.userId, change.to] : [change.userId];
    const longestMs = Math.max(...change.outcomes.map(({ afterMs }) => afterMs));
    if (longestMs <= SPARED_MS || !usersOf.every((userId) => served.has(userId))) return [];
    return [`I8: ${change.key}, ${change.kind}, waited ${Math.round(longestMs)} ms for what did not concern it`];
  });
}

async function leftOver({ database, nodes }: RunOptions): Promise<string[]> {
  const stuck = await database.query(
    `select 1 from pg_stat_activity
      where application_name = 'scrip' and (wait_event_type = 'Lock' or state like 'idle in transaction%')`,
  );
  return [
    ...stuck.map(() => 'I8: a session is stuck after the fault'),
    ...nodes.filter(({ crashes }) => crashes > 0).map(({ url }) => `I8: ${url} died by itself`),
  ];
}

function conflicts({ nodes }: RunOptions, before: readonly number[]): string[] {
  return nodes.flatMap(({ url, conflicts: now }, nth) => {
    const count = now - (before[nth] ?? 0);
    return count === 0 ? [] : [`I9: ${count} statements of ${url} failed because of another, or of what they wrote`];
  });
}

async function verify({ url }: FaultyDatabase): Promise<string[]> {
  const { status, stdout } = await scrip(url, ['ledger', 'verify']);
  return status === 0 ? [] : [`I4: ${stdout.trim()}`];
}
