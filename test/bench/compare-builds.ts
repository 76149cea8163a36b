import { setTimeout as delay } from 'node:timers/promises';
import { type Build, openBuild } from './builds.js';
import { ENTRIES_OF_USER, generateSecrets, type Secrets, USERS } from './data.js';
import { type Cluster, openCluster } from './database.js';
import { type Entrant, environment, findPages } from './entrants.js';
import { findGenerator } from './load.js';
import { measure, type Sample } from './measure.js';
import { MIXED, type MixedSample, measureMixed } from './mixed-load.js';
import { cell } from './report.js';
import type { Plan } from './send.js';
import { start } from './server.js';
import { isTrusted } from './stability.js';
import { median } from './statistics.js';
import { section } from './tables.js';

/**
 * Measures builds of Scrip side by side, and prints how they differ from the first.
 *
 * @param sources directories or commits; `.` is this checkout.
 */
export async function compareBuilds(
  sources: readonly string[],
  length: Omit<Plan, 'secrets' | 'generator'> & {
    readonly connections: readonly number[];
    readonly withMixedLoad: boolean;
  },
): Promise<void> {
  const generator = await findGenerator();
  const secrets = generateSecrets();
  const cluster = await openCluster();
  const builds: Build[] = [];
  const entrants: Entrant[] = [];
  try {
    for (const [index, source] of sources.entries()) {
      length.progress(`${source}: building, filling, starting`);
      const build = await openBuild(source, `scrip_${index}`);
      builds.push(build);
      entrants.push(await enter(build, { cluster, secrets }));
    }
    const plan = { ...length, secrets, generator };
    const { samples } = await measure(entrants, plan);
    const mixed = length.withMixedLoad ? await measureMixed(entrants, plan) : [];
    process.stdout.write(`\n${render([...samples, ...mixed.map(toSample)], entrants)}\n`);
  } finally {
    await Promise.all(entrants.map(({ server }) => server.stop()));
    await cluster.stop();
    await cluster.remove();
    for (const build of builds) build.remove();
  }
}

async function enter(build: Build, { cluster, secrets }: { cluster: Cluster; secrets: Secrets }): Promise<Entrant> {
  const size = { secrets, ledger: { users: USERS, each: ENTRIES_OF_USER }, otherTokens: 0 };
  const database = await cluster.create('scrip', build.contender.name, size, build);
  const server = await start(build.contender, { env: environment(database), secret: secrets.wide[0] ?? '' });
  await delay(1_000);
  const pages = await findPages(server, secrets);
  return { server, database, pages, startMs: server.startMs, idleMiB: server.residentMiB() };
}

/** So that it has a row like the others: `mixed @200`. */
function toSample({ rate, ...figures }: MixedSample): Sample {
  return { ...figures, operation: MIXED, connections: rate, perSecond: rate };
}

/** A row for each operation of each build; ratios are those of the same round. */
function render(samples: readonly Sample[], entrants: readonly Entrant[]): string {
  const cells = [...new Set(samples.map(({ operation, connections }) => `${operation} @${connections}`))];
  const rows = cells.flatMap((name) =>
    entrants.map(({ server: { contender } }, index) => {
      const of = (build: string) =>
        samples.filter((sample) => sample.contender === build && `${sample.operation} @${sample.connections}` === name);
      const own = of(contender.name);
      const base = of('scrip_0');
      const ratios = (figure: 'perSecond' | 'cpuUsPerRequest') => {
        const all = own.map((sample, round) => sample[figure] / (base[round]?.[figure] ?? Number.NaN));
        return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`;
      };
      const [first] = own;
      if (first === undefined) return [];
      const { perSecond, cpuUsPerRequest, databaseUsPerRequest, p50Ms, p99Ms } = cell({ samples }, first);
      return [
        index === 0 ? name : '',
        contender.title,
        String(Math.round(cpuUsPerRequest)),
        index === 0 ? '' : ratios('cpuUsPerRequest'),
        String(Math.round(databaseUsPerRequest)),
        String(Math.round(perSecond)),
        index === 0 ? '' : ratios('perSecond'),
        `${p50Ms.toFixed(2)}/${p99Ms.toFixed(1)}`,
        `${own.filter(isTrusted).length}/${own.length}`,
      ];
    }),
  );
  return section(
    'Processor time per request in µs, of the server and of PostgreSQL; ratios to the first (smallest and largest of a round); p50/p99 in ms; rounds that can be trusted. `mixed @200` is the mixed load at 200 requests/s.',
    ['', 'build', 'server', 'ratio', 'PostgreSQL', 'requests/s', 'ratio', 'p50/p99', 'trusted'],
    rows,
  );
}
