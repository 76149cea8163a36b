import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { generateSecrets, type Secrets } from './data.js';
import { type Cluster, openCluster } from './database.js';
import { type EnterOptions, type Entrant, enter } from './entrants.js';
import { type Contender, versionsOf } from './line-up.js';
import { findGenerator } from './load.js';
import { measure } from './measure.js';
import { measureMixed } from './mixed-load.js';
import { publish } from './publish.js';
import type { Report } from './report.js';
import type { Plan } from './send.js';
import { start } from './server.js';
import { median } from './statistics.js';
import { render } from './tables.js';

const here = import.meta.dirname;

/**
 * Measures contenders side by side and prints what came of it.
 *
 * @param options.isKept whether the documents show it: a run that leaves something out is not to be shown.
 */
export async function comparePeers(
  contenders: readonly Contender[],
  options: Omit<Plan, 'secrets' | 'generator'> &
    Pick<EnterOptions, 'starts' | 'idleSeconds'> & {
      readonly connections: readonly number[];
      readonly isKept: boolean;
      readonly withMixedLoad: boolean;
    },
): Promise<void> {
  const generator = await findGenerator();
  const secrets = generateSecrets();
  const cluster = await openCluster();
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) {
      options.progress(`${contender.title}: filling, starting, verifying`);
      entrants.push(await enter(contender, { cluster, secrets, ...options }));
    }
    const plan = { ...options, secrets, generator };
    const { samples, warmUps } = await measure(entrants, plan);
    const mixed = options.withMixedLoad ? await measureMixed(entrants, plan) : [];
    const processes = entrants.map(({ server, startMs, idleMiB }) => ({
      contender: server.contender.name,
      startMs,
      idleMiB,
      loadedMiB: server.residentMiB(),
    }));
    await Promise.all(entrants.map(({ server }) => server.stop()));
    await cluster.stop();
    const report: Report = {
      contenders,
      operations: options.operations,
      connections: options.connections,
      samples,
      warmUps,
      mixed,
      processes,
      embeddedStartMs: await embeddedStartMs(contenders, { cluster, secrets, starts: options.starts }),
      about: [
        `medians of ${options.rounds} rounds of ${options.seconds} s, ${availableParallelism()} processors for everything`,
        `load from ${generator.name}`,
        `Node ${process.versions.node}, PostgreSQL ${cluster.version} with durable commits`,
        ...contenders.flatMap(versionsOf),
      ],
    };
    process.stdout.write(`\n${render(report)}`);
    writeFileSync(`${here}/dist/result.json`, JSON.stringify(report, undefined, 1));
    if (options.isKept) publish(report);
  } finally {
    await Promise.all(entrants.map(({ server }) => server.stop()));
    await cluster.stop();
    await cluster.remove();
  }
}

/** How long `npm start` takes to its first correct response, with the embedded PostgreSQL in a home that was used before. */
async function embeddedStartMs(
  contenders: readonly Contender[],
  { cluster, secrets, starts }: { cluster: Cluster; secrets: Secrets; starts: number },
): Promise<number | undefined> {
  const scrip = contenders.find(({ tables }) => tables === 'scrip');
  if (scrip === undefined) return undefined;
  const root = new URL('../../', import.meta.url).pathname;
  const startsMs: number[] = [];
  for (let count = 0; count < starts; count++) {
    const server = await start(scrip, {
      env: { SCRIP_HOME: cluster.home },
      secret: secrets.wide[0] ?? '',
      nodeOptions: ['--import', `${root}tools/build.mjs`, '--import', `${root}tools/build-web.mjs`],
    });
    startsMs.push(server.startMs);
    await server.stop();
  }
  return median(startsMs);
}
