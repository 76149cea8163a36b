import type { Secrets } from './data.js';
import type { Entrant } from './entrants.js';
import type { Generator, Outcome } from './load.js';
import type { Operation } from './operations.js';
import { othersShare, readTimes } from './processor.js';
import { requestsFor } from './requests.js';

/** What is measured, and how long. */
export interface Plan {
  readonly operations: readonly Operation[];
  readonly rounds: number;
  readonly seconds: number;
  /** Whether a measurement that others disturbed is repeated, for the first, second, third … time. */
  readonly mayRepeat: (time: number) => boolean;
  /** A warm-up ends after so long, also where the processor time per request has not settled. */
  readonly maxWarmUpSeconds: number;
  readonly secrets: Secrets;
  readonly generator: Generator;
  /** Is told what is done next. */
  readonly progress: (what: string) => void;
}

/** What some load took. Processor times are NaN, and the share is undefined, where there is no /proc. */
export interface Usage {
  /** Of the server's process. */
  readonly cpuUsPerRequest: number;
  /** Of PostgreSQL. */
  readonly databaseUsPerRequest: number;
  /** The part of the machine that others took meanwhile. */
  readonly othersShare: number | undefined;
}

/** Sends operations in equal parts for some time. */
export async function send(
  entrant: Entrant,
  operations: readonly Operation[],
  {
    secrets,
    generator,
    connections,
    seconds,
  }: Pick<Plan, 'secrets' | 'generator' | 'seconds'> & { connections: number },
): Promise<Outcome & Usage> {
  const load = { ...requestsFor(entrant, operations, secrets), connections, seconds };
  return await withUsage(entrant, () => generator.send(load));
}

/** Adds what it took. */
export async function withUsage<Result extends { readonly requests: number }>(
  { server, database }: Entrant,
  load: () => Promise<Result>,
): Promise<Result & Usage> {
  const pids = { server: server.process.pid ?? 0, postmaster: database.postmaster };
  const before = readTimes(pids);
  const result = await load();
  const after = readTimes(pids);
  if (before === undefined || after === undefined) {
    return { ...result, cpuUsPerRequest: Number.NaN, databaseUsPerRequest: Number.NaN, othersShare: undefined };
  }
  const perRequest = (what: 'server' | 'database') => ((after[what] - before[what]) / result.requests) * 1e6;
  return {
    ...result,
    cpuUsPerRequest: perRequest('server'),
    databaseUsPerRequest: perRequest('database'),
    othersShare: othersShare(before, after),
  };
}
