/** Everything in Markdown: the figures of each fault, what was planted, the rules. */
import { cpus } from 'node:os';
import { RULES as FAULT_RULES } from '../faults/invariants.js';
import type { Period } from './measures.js';
import type { Plant } from './plants.js';
import { RULES } from './rules.js';
import type { Load, Result } from './run.js';

export interface ReportOptions extends Load {
  readonly faults: readonly { readonly name: string; readonly result: Result }[];
  readonly plants: readonly { readonly plant: Plant; readonly result: Result }[];
}

export function report({ seconds, clients, faults, plants }: ReportOptions): string {
  const parts = [
    `# Failover runs\n\nWritten by \`npm run ha -- --all\`. ${clients} clients, ${seconds} s before and after each fault; ${cpus().length} cores, shared by all; Node ${process.version}. Node 1 is connected to HAProxy, node 2 to PgBouncer.\n`,
  ];
  if (faults.length > 0) parts.push(`\n## Faults\n\n${inAll(faults)}\n\n${faultTable(faults)}`);
  if (plants.length > 0) parts.push(`\n## Planted mistakes\n\n${plantTable(plants)}`);
  const used = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I10', 'I11', 'I12'] as const;
  const rules = [...used.map((rule) => [rule, FAULT_RULES[rule]] as const), ...Object.entries(RULES)];
  parts.push(`\n## Rules\n\n${rules.map(([rule, text]) => `- **${rule}**: ${text}.\n`).join('')}`);
  return parts.join('');
}

function inAll(faults: ReportOptions['faults']): string {
  const sum = (of: (result: Result) => number) => faults.reduce((total, { result }) => total + of(result), 0);
  return `${sum(({ operations }) => operations)} operations, ${sum(({ transactions }) => transactions)} transactions, ${sum(({ revoked }) => revoked)} revocations, ${sum(({ uses }) => uses)} uses of revoked tokens, ${violationsOf(faults)} violations.`;
}

export function violationsOf(faults: ReportOptions['faults']): number {
  return faults.reduce((total, { result }) => total + result.violations.length, 0);
}

/** Whether the rule that finds the mistake is among those that were broken. */
export function isFound({ plant, result }: ReportOptions['plants'][number]): boolean {
  return result.violations.some((violation) => violation.startsWith(`${plant.finds}:`));
}

const HEAD = [
  'fault',
  'timeline',
  'operations',
  'no write to the database for',
  'no change answered for',
  'back after the database, at most',
  '`/readyz` 503, node 1',
  'node 2',
  '200 in vain, at most',
  'unknown (of them done)',
  'subscriptions resumed',
  'violations',
];

function faultTable(faults: ReportOptions['faults']): string {
  const rows = faults.map(({ name, result }) => [
    name,
    result.timelines.join(' → '),
    String(result.operations),
    seconds(result.databaseOutMs),
    seconds(result.serviceOutMs),
    ms(result.backMs),
    ...result.red.map(period),
    ms(result.readyInVainMs),
    `${result.unknown} (${result.unknownDone})`,
    String(result.breaks),
    String(result.violations.length),
  ]);
  return table(HEAD, rows);
}

function plantTable(plants: ReportOptions['plants']): string {
  const rows = plants.map((row) => {
    const { plant, result } = row;
    const broken = [...new Set(result.violations.map((violation) => violation.split(':')[0]))].sort();
    const count = result.violations.filter((violation) => violation.startsWith(`${plant.finds}:`)).length;
    return [plant.name, plant.mistake, isFound(row) ? `yes, ${count} times` : 'no', broken.join(', ')];
  });
  return table(['`--plant`', 'mistake', 'found by its rule', 'broken rules'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

function seconds(ms: number): string {
  return ms === 0 ? 'under 1.5 s' : `${(ms / 1_000).toFixed(1)} s`;
}

function period(red: Period | undefined): string {
  return red === undefined ? 'never' : `${(red.from / 1_000).toFixed(1)} to ${(red.to / 1_000).toFixed(1)} s`;
}

function ms(time: number): string {
  return `${(time / 1_000).toFixed(1)} s`;
}
