import { readFileSync, writeFileSync } from 'node:fs';
import { drawChart } from './chart.js';
import { meanRatio, type Report } from './report.js';
import { overview, render } from './tables.js';

const here = import.meta.dirname;
const root = `${here}/../..`;

const MARKED = /(<!-- begin benchmark[^>]*-->)(.*?)(<!-- end benchmark -->)/s;

/** Writes `result.md` and `result.svg`, and what README.md and docs/performance.md say of them. */
export function publish(report: Report): void {
  writeFileSync(`${here}/result.md`, render(report));
  writeFileSync(`${here}/result.svg`, drawChart(report));
  replaceMarked(`${root}/README.md`, sentence(report));
  replaceMarked(`${root}/docs/performance.md`, `\n${summary(report)}\n`);
}

function replaceMarked(file: string, text: string): void {
  const before = readFileSync(file, 'utf8');
  if (!MARKED.test(before)) throw new Error(`${file} has no part for the benchmark.`);
  writeFileSync(
    file,
    before.replace(MARKED, (_, begin: string, _old, end: string) => begin + text + end),
  );
}

/** For the README. */
function sentence(report: Report): string {
  const times = (connections: number, to: string) =>
    meanRatio(report, { contender: 'scrip', connections }, to).toFixed(2);
  return `At 64
connections, Scrip serves ${times(64, 'floor')} times as many requests per second as a plain server on \`node:http\` and \`pg\` without GraphQL,
and ${times(64, 'mercurius')} times as many as Mercurius; at one connection, ${times(1, 'floor')} and ${times(1, 'mercurius')} times as many`;
}

/** For docs/performance.md: what the figures are, and the table. */
function summary(report: Report): string {
  const operations = report.operations.map(({ title }) => title).join('; ');
  return `${wrap(`The figures are geometric means over ${report.operations.length} operations: ${operations}.`)}
${wrap(`Conditions: ${report.about.join(', ')}.`)}

${overview(report).split('\n').slice(2).join('\n')}
`;
}

/** Lines of at most 120 characters. */
function wrap(text: string): string {
  return text.replace(/(.{1,119}\S)(?:\s+|$)/g, '$1\n').trimEnd();
}
