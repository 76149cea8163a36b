/** Clients with idempotency keys, who write down in a journal what they send and what they are told. */
import { setTimeout as delay } from 'node:timers/promises';
import { perform, readSequence } from '../faults/client.js';
import type { Operation, Outcome } from '../faults/operation-log.js';
import type { Journal } from './journal.js';
import type { Attempt } from './measures.js';

export interface ClientOptions {
  /** The proxy before the nodes, and the nodes. */
  readonly front: string;
  readonly nodes: readonly string[];
  readonly secret: string;
  /** The first one is hot: half of all changes are of its points. */
  readonly userIds: readonly string[];
  readonly name: string;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

export interface Reads {
  reads: number;
  /** How many, begun after a response, did not show the change. */
  staleReads: number;
}

/** Between two changes of one client. */
const PAUSE_MS = 20;

/** Lets clients add and spend by way of the proxy, one change at a time each, until it is stopped. */
export async function workAgain(count: number, options: ClientOptions): Promise<Reads> {
  const reads = { reads: 0, staleReads: 0 };
  await Promise.all(Array.from({ length: count }, (_, client) => work(client, options, reads)));
  return reads;
}

async function work(client: number, options: ClientOptions, reads: Reads): Promise<void> {
  const { front, nodes, secret, userIds, name, signal } = options;
  for (let count = 0; !signal.aborted; count++) {
    const key = `${name}/${client}/${count}`;
    const userId = Math.random() < 0.5 ? userIds[0] : userIds[count % userIds.length];
    const kind = Math.random() < 0.5 ? 'ADD' : 'SPEND';
    const points = 1 + Math.floor(Math.random() * 9);
    const operation: Operation = { key, userId: userId ?? '', kind, points, outcomes: [] };
    let outcome = await sendNoted(front, operation, options);
    // Some clients give up, and the outcome is resolved at the end.
    for (let tries = 0; tries < 20 && !isDefinite(outcome) && Math.random() < 0.9; tries++) {
      await delay(200);
      outcome = await sendNoted(front, operation, options);
    }
    if (outcome.outcome === 'OK' && Math.random() < 0.2) {
      const sequence = await readSequence(nodes[count % nodes.length] ?? '', secret, operation.userId);
      if (sequence !== undefined) reads.reads++;
      if (sequence !== undefined && sequence < outcome.sequence) reads.staleReads++;
    }
    await delay(PAUSE_MS);
  }
}

const PROBE_EVERY_MS = 200;
const PROBES_AT_ONCE = 8;

/** Adds a point at an address again and again, whether or not earlier requests have a response. Returns when each had one. */
export async function probeAgain(url: string, options: ClientOptions): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const open = new Set<Promise<void>>();
  for (let count = 0; !options.signal.aborted; count++) {
    if (open.size < PROBES_AT_ONCE) {
      const key = `${options.name}/probe of ${url}/${count}`;
      const userId = options.userIds.at(-1) ?? '';
      const from = performance.now();
      const probe = sendNoted(url, { key, userId, kind: 'ADD', points: 1, outcomes: [] }, options).then(
        ({ outcome }) => {
          attempts.push({ from, to: performance.now(), isDone: outcome === 'OK' });
          open.delete(probe);
        },
      );
      open.add(probe);
    }
    await delay(PROBE_EVERY_MS);
  }
  await Promise.all(open);
  return attempts;
}

async function sendNoted(
  url: string,
  operation: Operation,
  { secret, journal }: Pick<ClientOptions, 'secret' | 'journal'>,
): Promise<Outcome> {
  journal.sends(operation);
  const outcome = await perform(url, secret, operation);
  journal.wasTold(operation, outcome);
  return outcome;
}

function isDefinite({ outcome }: Outcome): boolean {
  return outcome === 'OK' || outcome === 'REFUSED';
}
