/**
 * `npm run faults`: two nodes and a PostgreSQL of their own, as real processes on this machine; clients that
 * record the outcome of each change; one fault after the other; and then a check of the ledger against these records. Prints
 * a Markdown table. The status is 1 where a rule was broken.
 *
 * - `--only <words>`: the faults whose name has these words.
 * - `--seconds 10`, `--clients 16`: of each run.
 * - `--plant <name>`: puts one of the bugs of `test/points/simulation/planted-bugs.ts` into the database before. The status is 1
 *   then, unless the bug goes unnoticed.
 * - `--plants`: no faults but each of the bugs, `--rounds 1` times, each time on a database of its own, and which rules
 *   gave it away. The status is 1 where one went unnoticed.
 * - `--webhooks`: nothing but kills of the node that sends a webhook, and the bug of noting progress too early.
 * - `--all`: the faults and then the bugs, and the tables go into `test/faults/result.md` as well.
 */
import '../../tools/build.mjs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { PlantedFunction } from '../points/simulation/plant.js';
import { FAULTY_FUNCTIONS } from '../points/simulation/planted-bugs.js';
import { FAULTS, FORGERY } from './faults.js';
import { type FaultRow, type PlantRow, report } from './report.js';
import { run } from './run.js';
import { onStage } from './stage.js';
import { runWebhookFaults } from './webhooks-main.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '16' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    webhooks: { type: 'boolean', default: false },
  },
});
const load = { seconds: Number(values.seconds), clients: Number(values.clients) };

/** A signal, or an error that nothing awaited: what was started has to be ended all the same. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => reject(`Interrupted by ${signal}.`));
  process.on('uncaughtException', reject);
});

const status = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  return 1;
});
process.exit(status); // handles that a fault left open do not keep the process

async function main(): Promise<number> {
  if (values.webhooks) return await Promise.race([runWebhookFaults(), interrupted]);
  const faults = values.plants ? [] : await runFaults(values.plant);
  const plants = values.plants || values.all ? await runPlants(Number(values.rounds)) : [];
  const text = report({ ...load, faults, plants });
  process.stdout.write(text);
  if (values.all) await writeFile(new URL('result.md', import.meta.url), text);
  const isBroken = faults.some(({ result }) => result.violations.length > 0);
  const isUnnoticed = plants.some(({ results }) => results.some(({ violations }) => violations.length === 0));
  return isBroken || isUnnoticed ? 1 : 0;
}

async function runFaults(bug: string | undefined): Promise<FaultRow[]> {
  const planted = bug === undefined ? undefined : findPlanted(bug);
  return await onStage(interrupted, async (stage) => {
    await planted?.plant(stage.database);
    const rows: FaultRow[] = [];
    for (const fault of FAULTS.filter(({ name }) => name.includes(values.only))) {
      process.stderr.write(`${fault.name} …\n`);
      const result = await run(fault, { ...stage, ...load });
      for (const violation of result.violations.slice(0, 10)) process.stderr.write(`  ${violation}\n`);
      rows.push({ name: fault.name, result });
    }
    return rows;
  });
}

async function runPlants(rounds: number): Promise<PlantRow[]> {
  const rows: PlantRow[] = [];
  for (const { name, bug, plant } of FAULTY_FUNCTIONS) {
    const row: PlantRow = { name, bug, results: [] };
    rows.push(row);
    for (let round = 1; round <= rounds; round++) {
      process.stderr.write(`planted: ${name} …\n`);
      const result = await onStage(interrupted, async (stage) => {
        await plant(stage.database);
        return await run(FORGERY, { ...stage, ...load });
      });
      row.results.push(result);
    }
  }
  return rows;
}

function findPlanted(bug: string): PlantedFunction {
  const planted = FAULTY_FUNCTIONS.find(({ name }) => name === bug);
  if (planted === undefined) throw new Error(`The bugs are ${FAULTY_FUNCTIONS.map(({ name }) => name).join(', ')}.`);
  return planted;
}
