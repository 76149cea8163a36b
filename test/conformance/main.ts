/**
 * Sends the same operations to this repository's policy and to the libraries that one would use instead, each set up as its
 * manual says, and writes the results into the table of docs/comparison.md. `npm run conformance` installs them first: they
 * are no dependency of the project.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { replaceSection } from '../../tools/reference/markdown.js';
import { CASES } from './cases.js';
import { checkCase, type Faults, isShownToHolders } from './check-case.js';
import type { Contender } from './contender.js';
import { genericAuth } from './contenders/generic-auth.js';
import { graphqlAuthz } from './contenders/graphql-authz.js';
import { graphqlShield } from './contenders/graphql-shield.js';
import { mercuriusAuth } from './contenders/mercurius-auth.js';
import { pothos } from './contenders/pothos.js';
import { scrip } from './contenders/scrip.js';
import versions from './package.json' with { type: 'json' };
import { createWorld } from './world.js';

const contenders = [scrip, pothos, mercuriusAuth, graphqlShield, graphqlAuthz, genericAuth];
const columns = await Promise.all(contenders.map(bestOf));
const rows = [
  ['without any scope, unless stated', ...columns.map(({ header }) => header)],
  ['---', ...columns.map(() => '---')],
  ...CASES.map(({ subject }, index) => [subject, ...columns.map(({ faults }) => faults[index]?.join(', ') || '✓')]),
  ['**passed**', ...columns.map(({ faults }) => `**${passed(faults)} of ${faults.length}**`)],
];
const table = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
const page = new URL('../../docs/comparison.md', import.meta.url);
writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'conformance', table));
process.stdout.write(table);
process.exitCode = columns[0] !== undefined && passed(columns[0].faults) === CASES.length ? 0 : 1;

interface Column {
  readonly header: string;
  readonly faults: readonly Faults[];
}

/** The setting of a contender that passes most cases; of equal ones the first. */
async function bestOf({ title, package: name, settings }: Contender): Promise<Column> {
  const columns: Column[] = [];
  for (const [setting, setUp] of Object.entries(settings)) {
    const world = createWorld();
    const ask = await setUp(world);
    const header = [title, name && versionOf(name), setting && `(${setting})`].filter(Boolean).join(' ');
    const faults: Faults[] = [];
    for (const one of CASES) {
      const isShown = one.expected === 'ALLOWED' || (await isShownToHolders(one, ask));
      if (!isShown) throw new Error(`${header} is set up wrongly: even with scopes that suffice, ${one.source} fails.`);
      faults.push(await checkCase(one, ask, world));
    }
    columns.push({ header, faults });
  }
  return columns.reduce((best, one) => (passed(one.faults) > passed(best.faults) ? one : best));
}

function passed(faults: readonly Faults[]): number {
  return faults.filter(({ length }) => length === 0).length;
}

function versionOf(name: string): string | undefined {
  return Object.entries(versions.dependencies).find(([dependency]) => dependency === name)?.[1];
}
