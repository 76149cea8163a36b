import { setTimeout as delay } from 'node:timers/promises';
import type { Secrets } from './data.js';
import type { Entrant } from './entrants.js';
import type { Generator, Outcome } from './load.js';
import type { Operation } from './operations.js';
import { requestsFor } from './requests.js';

/** What one contender did in one round. */
export interface Sample {
  readonly contender: string;
  readonly operation: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's process. */
  readonly cpuUsPerRequest: number;
}

export interface Plan {
  readonly operations: readonly Operation[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly secrets: Secrets;
  readonly generator: Generator;
}

/** Measures, round by round, so that other load on the machine affects all contenders alike. */
export async function measure(entrants: readonly Entrant[], plan: Plan): Promise<Sample[]> {
  await warmUp(entrants, plan);
  const samples: Sample[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const connections of plan.connections) {
      for (const operation of plan.operations) {
        process.stderr.write(`\rround ${round} of ${plan.rounds}: ${operation.name} @${connections}   `);
        // The order rotates, so that none always comes first after the pause, or after the slowest.
        for (const index of entrants.keys()) {
          const entrant = entrants[(index + round) % entrants.length];
          if (entrant !== undefined) samples.push(await measureOnce(entrant, operation, connections, plan));
        }
      }
    }
  }
  process.stderr.write('\n');
  return samples;
}

/** Runs every operation on all contenders, so that the compilers have seen them. */
async function warmUp(entrants: readonly Entrant[], plan: Plan): Promise<void> {
  for (const operation of plan.operations) {
    process.stderr.write(`\rwarming up: ${operation.name}   `);
    await Promise.all(entrants.map((entrant) => send(entrant, operation, 16, plan)));
  }
}

/** The number of entries once no change is in flight. */
async function entriesAtRest({ database }: Entrant): Promise<number> {
  for (let last = -1; ; ) {
    const now = await database.entries();
    if (now === last) return now;
    last = now;
    await delay(100);
  }
}

async function measureOnce(entrant: Entrant, operation: Operation, connections: number, plan: Plan): Promise<Sample> {
  const { server } = entrant;
  // Lets the compilers adapt from the operation before to this one.
  await send(entrant, operation, connections, { ...plan, seconds: 1 });
  const entriesBefore = operation.writes ? await entriesAtRest(entrant) : 0;
  const cpuBefore = server.cpuSeconds();
  const outcome = await send(entrant, operation, connections, plan);
  const written = operation.writes ? (await entriesAtRest(entrant)) - entriesBefore : undefined;
  const cpuUsPerRequest = ((server.cpuSeconds() - cpuBefore) / outcome.requests) * 1e6;
  assertExpected(outcome, `${server.contender.title}, ${operation.name} @${connections}`, {
    isDenial: operation.name.startsWith('d'),
    written,
    connections,
  });
  return {
    contender: server.contender.name,
    operation: operation.name,
    connections,
    perSecond: outcome.requests / outcome.seconds,
    p50Ms: outcome.p50Ms,
    p99Ms: outcome.p99Ms,
    cpuUsPerRequest,
  };
}

/** Throws where a request had no response, or an unexpected one: its time is no measurement. */
function assertExpected(
  { requests, denied, failed }: Outcome,
  where: string,
  { isDenial, written, connections }: { isDenial: boolean; written: number | undefined; connections: number },
): void {
  if (failed > 0) throw new Error(`${where}: ${failed} requests got no response.`);
  if (denied > 0 && !isDenial) throw new Error(`${where}: ${denied} requests were denied.`);
  if (written !== undefined && (written < requests || written > requests + connections)) {
    throw new Error(`${where}: ${requests} requests got a response, ${written} entries written.`);
  }
}

function send(
  entrant: Entrant,
  operation: Operation,
  connections: number,
  { secrets, seconds, generator }: Pick<Plan, 'secrets' | 'seconds' | 'generator'>,
): Promise<Outcome> {
  return generator.send({ ...requestsFor(entrant, [operation], secrets), connections, seconds });
}
