/**
 * `npm run ha`: three PostgreSQL servers under Patroni with a required synchronous standby, two nodes behind a proxy, and
 * clients that write a journal; one fault after the other; and whether the ledger, and what was answered besides, is what the
 * clients were told. Prints a Markdown table. The status is 1 where a rule was broken or a mistake was not found, 2 where a
 * package is missing.
 *
 * - `--only <words>`: the faults whose name has these words.
 * - `--seconds 5`, `--clients 6`: before and after each fault.
 * - `--plants`: no faults but the mistakes of the setup; `--plant <name>`: one of them.
 * - `--all`: the faults and then the mistakes, and the tables go into `test/ha/result.md` as well.
 */
import '../../tools/build.mjs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults.js';
import { type Lab, openLab } from './lab.js';
import { missingPackages } from './packages.js';
import { PLANTS } from './plants.js';
import { isFound, type ReportOptions, report, violationsOf } from './report.js';
import { run } from './run.js';
import { enterSandbox } from './sandbox.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '6' },
    plants: { type: 'boolean', default: false },
    plant: { type: 'string' },
    all: { type: 'boolean', default: false },
  },
});
const load = { seconds: Number(values.seconds), clients: Number(values.clients) };

/** How long the proxy before the nodes takes to see that they are ready. */
const CHECKED_MS = 3_000;

const faultsToRun = FAULTS.filter(({ name }) => name.includes(values.only));
const plantsToRun = PLANTS.filter(({ name }) => name === (values.plant ?? name));
if (faultsToRun.length === 0 || plantsToRun.length === 0) {
  const names = [...FAULTS, ...PLANTS].map(({ name }) => `  ${name}`);
  process.stderr.write(`No fault or mistake has this name. There are:\n${names.join('\n')}\n`);
  process.exit(2);
}
const missing = missingPackages();
if (missing.length > 0) {
  process.stderr.write(`Run \`apt-get install ${missing.join(' ')}\` first (Debian 12).\n`);
  process.exit(2);
}
const sandbox = await enterSandbox(process.argv.slice(1));
process.exit('status' in sandbox ? sandbox.status : await main(sandbox.directory));

async function main(directory: string): Promise<number> {
  const faults: ReportOptions['faults'][number][] = [];
  const plants: ReportOptions['plants'][number][] = [];
  const hasFaults = values.all || !(values.plants || values.plant !== undefined);
  if (hasFaults) {
    await onLab(join(directory, 'faults'), { REQUIRE_SYNC_STANDBY: 'on' }, async (lab) => {
      for (const fault of faultsToRun) {
        faults.push({ name: fault.name, result: await observed(fault.name, run(fault, lab, load)) });
      }
    });
  }
  if (values.all || !hasFaults) {
    // Without a required standby the second mistake makes no node refuse requests.
    await onLab(join(directory, 'plants'), {}, async (lab) => {
      for (const plant of plantsToRun) {
        await lab.cluster.untilWhole();
        await plant.plant(lab);
        await untilServed(lab);
        plants.push({ plant, result: await observed(`planted: ${plant.name}`, run(plant.fault, lab, load)) });
      }
    });
  }
  const text = report({ ...load, faults, plants });
  process.stdout.write(text);
  if (values.all) await writeFile(new URL('result.md', import.meta.url), text);
  const unfound = plants.filter((row) => !isFound(row)).length;
  process.stdout.write(`\n${violationsOf(faults)} violations; ${unfound} of ${plants.length} mistakes not found.\n`);
  return violationsOf(faults) > 0 || unfound > 0 ? 1 : 0;
}

async function onLab(
  directory: string,
  settings: Readonly<Record<string, string>>,
  work: (lab: Lab) => Promise<void>,
): Promise<void> {
  process.stderr.write('starting the cluster …\n');
  const lab = await openLab(directory, settings);
  try {
    await work(lab);
  } finally {
    await lab.close();
  }
}

async function untilServed({ nodes }: Lab): Promise<void> {
  for (const node of nodes) await node.untilReady();
  await delay(CHECKED_MS);
}

async function observed<Result extends { readonly violations: readonly string[] }>(
  name: string,
  running: Promise<Result>,
): Promise<Result> {
  const from = performance.now();
  process.stderr.write(`${name} …\n`);
  const result = await running;
  const { violations, ...figures } = result;
  process.stderr.write(`  ${Math.round((performance.now() - from) / 1_000)} s, ${JSON.stringify(figures)}\n`);
  for (const violation of violations.slice(0, 10)) process.stderr.write(`  ${violation}\n`);
  return result;
}
