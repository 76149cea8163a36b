import { perform, performTogether, readSequence } from './client.js';
import type { Operation, Told } from './operation-log.js';

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

/** All that clients did and were told. */
export interface LoadLog {
  readonly operations: Operation[];
  /** How often a read, begun after an answer, did not show it. */
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
    // Balances stay near 0, so that much is refused.
    const kind = chance(0.5) ? 'ADD' : 'SPEND';
    const points = 1 + Math.floor(Math.random() * 9);
    const operation: Operation = { key, userId, kind, points, answers: [] };
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
    let told = await perform(first ?? '', secret, operation);
    await Promise.all(repeats);
    // Most try again; some give up, and what became of that is asked for in the end.
    for (let tries = 0; tries < 3 && !isDefinite(told) && chance(0.7); tries++) {
      told = await perform(pick(urls), secret, operation);
    }
    if (chance(0.2)) await perform(pick(urls), secret, pick(log.operations.slice(-200)));
    if (told.outcome === 'OK' && chance(0.2)) {
      const sequence = await readSequence(pick(urls), secret, operation.userId);
      if (sequence !== undefined) log.reads++;
      if (sequence !== undefined && sequence < told.sequence) log.staleReads++;
    }
  }
}

function isDefinite({ outcome }: Told): boolean {
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
