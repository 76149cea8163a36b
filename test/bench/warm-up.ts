import type { Entrant } from './entrants.js';
import type { Operation } from './operations.js';
import { type Plan, send } from './send.js';
import { isStable } from './stability.js';

/** A fresh process needs about so many requests of a kind until what they run is compiled. */
const REQUESTS = 5_000;

/** How a warm-up ended. */
export interface WarmUp {
  readonly contender: string;
  readonly operation: string;
  readonly connections: number;
  readonly seconds: number;
  /** Whether the processor time per request had settled, or the time was over. */
  readonly isStable: boolean;
}

/** Sends some thousand requests of each operation to all contenders: what all operations share has seen all of them then. */
export async function introduce(entrants: readonly Entrant[], plan: Plan): Promise<void> {
  for (const operation of plan.operations) {
    plan.progress(`${operation.name}: first requests`);
    for (const entrant of entrants) {
      let sent = 0;
      for (let second = 0; sent < REQUESTS && second < plan.maxWarmUpSeconds; second++) {
        sent += (await send(entrant, [operation], { ...plan, connections: 16, seconds: 1 })).requests;
      }
    }
  }
}

/** Sends an operation until its processor time per request, second by second, has settled, or the time is over. */
export async function warmUp(
  entrant: Entrant,
  operation: Operation,
  plan: Plan & { readonly connections: number },
): Promise<WarmUp> {
  const costs: number[] = [];
  while (costs.length < plan.maxWarmUpSeconds && !isStable(costs)) {
    const { cpuUsPerRequest } = await send(entrant, [operation], { ...plan, seconds: 1 });
    costs.push(cpuUsPerRequest);
  }
  return {
    contender: entrant.server.contender.name,
    operation: operation.name,
    connections: plan.connections,
    seconds: costs.length,
    isStable: isStable(costs),
  };
}
