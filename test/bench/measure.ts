import { setTimeout as delay } from 'node:timers/promises';
import type { Entrant } from './entrants.js';
import type { Outcome } from './load.js';
import type { Operation } from './operations.js';
import { type Plan, send, type Usage } from './send.js';
import { isTrusted } from './stability.js';
import { introduce, type WarmUp, warmUp } from './warm-up.js';

/** What one contender did in one round. */
export interface Sample extends Usage {
  readonly contender: string;
  readonly operation: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Measurements {
  readonly samples: readonly Sample[];
  readonly warmUps: readonly WarmUp[];
}

/**
 * Measures each operation at each number of connections: all contenders are warmed up, and then measured one after the
 * other, round by round, so that what else happens on the machine happens to all.
 */
export async function measure(
  entrants: readonly Entrant[],
  plan: Plan & { readonly connections: readonly number[] },
): Promise<Measurements> {
  await introduce(entrants, plan);
  const samples: Sample[] = [];
  const warmUps: WarmUp[] = [];
  for (const connections of plan.connections) {
    for (const operation of plan.operations) {
      const where = `${operation.name} @${connections}`;
      for (const entrant of entrants) {
        plan.progress(`${where}: warming up ${entrant.server.contender.title}`);
        warmUps.push(await warmUp(entrant, operation, { ...plan, connections }));
      }
      samples.push(
        ...(await rotate(entrants, plan, where, (entrant) =>
          measureOnce(entrant, operation, { ...plan, connections }),
        )),
      );
    }
  }
  return { samples, warmUps };
}

/**
 * Measures all contenders round by round. The order rotates, so that none always comes after the slowest. What others on
 * the machine disturbed is repeated, and the least disturbed measurement counts.
 */
export async function rotate<Result extends Usage>(
  entrants: readonly Entrant[],
  { rounds, mayRepeat, progress }: Pick<Plan, 'rounds' | 'mayRepeat' | 'progress'>,
  where: string,
  once: (entrant: Entrant) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % entrants.length;
    for (const entrant of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      progress(`${where}: round ${round + 1} of ${rounds}, ${entrant.server.contender.title}`);
      let best = await once(entrant);
      for (let time = 1; !isTrusted(best) && mayRepeat(time); time++) {
        progress(
          `${where}: round ${round + 1} of ${rounds}, ${entrant.server.contender.title}, again: others were busy`,
        );
        const next = await once(entrant);
        if ((next.othersShare ?? 0) < (best.othersShare ?? 0)) best = next;
      }
      results.push(best);
    }
  }
  return results;
}

async function measureOnce(
  entrant: Entrant,
  operation: Operation,
  plan: Plan & { readonly connections: number },
): Promise<Sample> {
  const { contender } = entrant.server;
  const { connections } = plan;
  const entriesBefore = operation.writes ? await entriesAtRest(entrant) : 0;
  const outcome = await send(entrant, [operation], plan);
  const written = operation.writes ? (await entriesAtRest(entrant)) - entriesBefore : undefined;
  assertExpected(outcome, `${contender.title}, ${operation.name} @${connections}`, {
    isDenial: operation.credential !== 'wide',
    written,
    connections,
  });
  const { requests, seconds, p50Ms, p99Ms, cpuUsPerRequest, databaseUsPerRequest, othersShare } = outcome;
  return {
    contender: contender.name,
    operation: operation.name,
    connections,
    perSecond: requests / seconds,
    p50Ms,
    p99Ms,
    cpuUsPerRequest,
    databaseUsPerRequest,
    othersShare,
  };
}

/** The number of entries once no change is in flight. */
export async function entriesAtRest({ database }: Entrant): Promise<number> {
  for (let last = -1; ; ) {
    const now = await database.entries();
    if (now === last) return now;
    last = now;
    await delay(100);
  }
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
