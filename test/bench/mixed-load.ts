import { execFile } from 'node:child_process';
import type { Entrant } from './entrants.js';
import { keyOf, prefixOfKeys } from './load.js';
import { entriesAtRest, rotate } from './measure.js';
import type { Result, Schedule } from './open-loop.js';
import { KEY, operation } from './operations.js';
import { requestsFor } from './requests.js';
import { type Plan, type Usage, withUsage } from './send.js';
import { isStable } from './stability.js';
import { percentile } from './statistics.js';
import { introduce } from './warm-up.js';

/** The name of this load on the command line. */
export const MIXED = 'mixed';

/** Requests per second: where users live, and not where servers are full. */
export const RATES = [200, 1_000];

/** Of twenty requests, so many are of each operation. */
const SHARES = { balance: 9, 'add-key': 4, 'spend-key': 3, history: 2, leaderboard: 2 };

/** Requests that are in flight at the same time wait for a connection beyond that. */
const CONNECTIONS = 64;

/** What one contender did in one round. */
export interface MixedSample extends Usage {
  readonly contender: string;
  /** Requests per second. */
  readonly rate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Measures a mix of operations at fixed rates. */
export async function measureMixed(entrants: readonly Entrant[], plan: Plan): Promise<MixedSample[]> {
  await introduce(entrants, { ...plan, operations: Object.keys(SHARES).map(operation) });
  const samples: MixedSample[] = [];
  for (const rate of RATES) {
    const where = `${MIXED}, ${rate}/s`;
    for (const entrant of entrants) {
      plan.progress(`${where}: warming up ${entrant.server.contender.title}`);
      await warmUp(entrant, rate, plan);
    }
    samples.push(
      ...(await rotate(entrants, plan, where, async (entrant) => {
        // Of fewer requests, the slowest hundredth would be a matter of chance.
        const { latenciesMs, ...usage } = await sendAtRate(entrant, rate, { ...plan, seconds: 2.5 * plan.seconds });
        return {
          contender: entrant.server.contender.name,
          rate,
          p50Ms: percentile(latenciesMs, 50),
          p99Ms: percentile(latenciesMs, 99),
          cpuUsPerRequest: usage.cpuUsPerRequest,
          databaseUsPerRequest: usage.databaseUsPerRequest,
          othersShare: usage.othersShare,
        };
      })),
    );
  }
  return samples;
}

/** Ends with a stable processor time per request, or when the time is over. */
async function warmUp(entrant: Entrant, rate: number, plan: Plan): Promise<void> {
  const costs: number[] = [];
  for (let seconds = 0; seconds < plan.maxWarmUpSeconds && !isStable(costs); seconds += 2) {
    costs.push((await sendAtRate(entrant, rate, { ...plan, seconds: 2 })).cpuUsPerRequest);
  }
}

async function sendAtRate(
  entrant: Entrant,
  rate: number,
  { secrets, seconds }: Pick<Plan, 'secrets' | 'seconds'>,
): Promise<Usage & { readonly latenciesMs: readonly number[] }> {
  const where = `${entrant.server.contender.title}, ${MIXED} at ${rate}/s`;
  const schedule: Schedule = {
    url: entrant.server.url,
    requests: mix(entrant, secrets, rate * seconds),
    perSecond: rate,
    connections: CONNECTIONS,
  };
  const entriesBefore = await entriesAtRest(entrant);
  const result = await withUsage(entrant, async () => {
    const sent = await runOpenLoop(schedule);
    return { ...sent, requests: schedule.requests.length };
  });
  if (result.failed > 0) throw new Error(`${where}: ${result.failed} requests got no response.`);
  if (result.denied > 0) throw new Error(`${where}: ${result.denied} requests were denied.`);
  const written = (await entriesAtRest(entrant)) - entriesBefore;
  const changes = schedule.requests.filter(({ body }) => body.includes('idempotencyKey')).length;
  if (written !== changes) throw new Error(`${where}: ${changes} changes were sent, ${written} entries written.`);
  return result;
}

/** The operations in turn, so that none comes in a row, each as often as its share says. */
function mix(entrant: Entrant, secrets: Plan['secrets'], count: number): Schedule['requests'] {
  const deck = Object.entries(SHARES).flatMap(([name, share]) => Array<string>(share).fill(name));
  const stacks = new Map(
    Object.keys(SHARES).map((name) => [name, requestsFor(entrant, [operation(name)], secrets).requests]),
  );
  const prefix = prefixOfKeys();
  return Array.from({ length: count }, (_, index) => {
    const stack = stacks.get(deck[(index * 7) % deck.length] ?? '') ?? []; // 7 and 20 have no common divisor
    const next = stack[index % stack.length] ?? { path: '', secret: '', body: '' };
    return { ...next, body: next.body.replace(KEY, keyOf(prefix, index)) };
  });
}

function runOpenLoop(schedule: Schedule): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1e8 };
    const child = execFile(process.execPath, [`${import.meta.dirname}/dist/open-loop.js`], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as Result),
    );
    child.stdin?.end(JSON.stringify(schedule));
  });
}
