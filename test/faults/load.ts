import { perform, performTogether, readSequence } from './client.js';
import type { Operation, Outcome } from './operation-log.js';

export interface LoadOptions {
  /** The addresses of the nodes. */
  readonly urls: readonly string[];
  readonly secret: string;
  /** The first one is hot: half of all operations are on it. */
  readonly userIds: readonly string[];
  readonly clients: number;
  /** Names the run, so that its keys are its own. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The requested changes and their outcomes. */
export interface LoadLog {
  readonly operations: Operation[];
  /** How many reads, begun after a response, did not show the change. */
  staleReads: number;
  reads: number;
}

/** Lets clients add and spend, each one thing at a time, under a key each, until it is stopped. */
export async function load(options: LoadOptions): Promise<LoadLog> {
  const log: LoadLog = { operations: [], staleReads: 0, reads: 0 };
  await Promise.all(Array.from({ length: options.clients }, (_, client) => act(options, client, log)));
  return log;
}

async function act({ urls, secret, userIds, name, signal }: LoadOptions, client: number, log: LoadLog): Promise<void> {
  const invent = (key: string, userId: string): Operation => {
    // Balances stay near 0, so that many changes are refused.
    const kind = chance(0.5) ? 'ADD' : 'SPEND';
    const points = 1 + Math.floor(Math.random() * 9);
    const operation: Operation = { key, userId, kind, points, outcomes: [] };
    log.operations.push(operation);
    return operation;
  };
  for (let count = 0; !signal.aborted; count++) {
    const key = `${name}/${client}/${count}`;
    if (chance(0.1)) {
      // The same on all accounts, in opposite orders.
      const together = turned(userIds).map((userId, nth) => invent(`${key}/${nth}`, userId));
      const orders = [together, together.toReversed()];
      await Promise.all(urls.map((url, nth) => performTogether(url, secret, orders[nth % 2] ?? together)));
      continue;
    }
    const operation = invent(key, pick(chance(0.5) ? userIds.slice(0, 1) : userIds));
    // Some are sent to all nodes at once, under one key.
    const [first, ...others] = chance(0.3) ? urls : [pick(urls)];
    const repeats = others.map((url) => perform(url, secret, operation));
    let outcome = await perform(first ?? '', secret, operation);
    await Promise.all(repeats);
    // Most clients retry; some give up, and the outcome is resolved at the end.
    for (let tries = 0; tries < 3 && !isDefinite(outcome) && chance(0.7); tries++) {
      outcome = await perform(pick(urls), secret, operation);
    }
    if (chance(0.2)) await perform(pick(urls), secret, pick(log.operations.slice(-200)));
    if (outcome.outcome === 'OK' && chance(0.2)) {
      const sequence = await readSequence(pick(urls), secret, operation.userId);
      if (sequence !== undefined) log.reads++;
      if (sequence !== undefined && sequence < outcome.sequence) log.staleReads++;
    }
  }
}

function isDefinite({ outcome }: Outcome): boolean {
  return outcome === 'OK' || outcome === 'REFUSED';
}

function chance(share: number): boolean {
  return Math.random() < share;
}

function turned<Item>(items: readonly Item[]): Item[] {
  const from = Math.floor(Math.random() * items.length);
  return [...items.slice(from), ...items.slice(0, from)];
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}
