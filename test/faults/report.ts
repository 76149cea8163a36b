import { cpus } from 'node:os';
import { RULES } from './invariants.js';
import type { Result } from './run.js';

/** What came of one fault. */
export interface FaultRow {
  readonly name: string;
  readonly result: Result;
}

/** What came of one planted bug, each time that it was planted. */
export interface PlantRow {
  readonly name: string;
  readonly bug: string;
  readonly results: Result[];
}

export interface ReportOptions {
  readonly seconds: number;
  readonly clients: number;
  readonly faults: readonly FaultRow[];
  readonly plants: readonly PlantRow[];
}

/** Everything in Markdown: what was done, the figures, the rules. */
export function report({ seconds, clients, faults, plants }: ReportOptions): string {
  const conditions = `Two nodes, ${clients} clients, ${seconds} s each; ${cpus().length} cores, shared by all; Node ${process.version}.`;
  const rules = Object.entries(RULES).map(([rule, text]) => `- **${rule}**: ${text}.\n`);
  return [
    `# Fault runs\n\nWritten by \`npm run faults -- --all\`. ${conditions}\n`,
    faults.length > 0 ? `\n## Faults\n\n${faultsInAll(faults)}\n\n${faultTable(faults)}` : '',
    plants.length > 0 ? `\n## Planted bugs\n\n${plantsInAll(plants)}\n\n${plantTable(plants)}` : '',
    `\n## Rules\n\n${rules.join('')}`,
  ].join('');
}

function faultsInAll(faults: readonly FaultRow[]): string {
  const sum = (of: (result: Result) => number) => faults.reduce((total, { result }) => total + of(result), 0);
  return `${sum(({ operations }) => operations)} operations, ${sum(({ injected }) => injected)} faults injected, ${sum(({ violations }) => violations.length)} violations.`;
}

function faultTable(faults: readonly FaultRow[]): string {
  const rows = faults.map(({ name, result }) => {
    const { injected, operations, transactions, firstAdds, unknown, reads, healedMs, violations } = result;
    const { revocations, limitedTokens, movements } = result;
    const changes = [injected, operations, operations - unknown, unknown, transactions, firstAdds];
    const counts = [...changes, movements, reads, revocations, limitedTokens];
    return [name, ...counts, `${Math.round(healedMs)} ms`, violations.length];
  });
  const head = [
    'fault',
    'injected',
    'operations',
    'with a response',
    'unknown, then resolved',
    'transactions',
    'first adds',
    'transfers and holds',
    'reads',
    'tokens revoked or paused',
    'tokens used beyond a limit',
  ];
  return table([...head, 'serves again after', 'violations'], rows);
}

function plantsInAll(plants: readonly PlantRow[]): string {
  const caught = plants.filter(({ results }) => results.every(isCaught));
  return `${caught.length} of ${plants.length} were found in every run.`;
}

function plantTable(plants: readonly PlantRow[]): string {
  const rows = plants.map(({ name, bug, results }) => {
    const broken = Object.keys(RULES).filter((rule) =>
      results.some(({ violations }) => violations.some((violation) => violation.startsWith(`${rule}:`))),
    );
    const operations = results.reduce((total, result) => total + result.operations, 0);
    return [name, bug, operations, `${results.filter(isCaught).length} of ${results.length}`, broken.join(', ')];
  });
  return table(['`--plant`', 'bug', 'operations', 'caught', 'by'], rows);
}

function isCaught({ violations }: Result): boolean {
  return violations.length > 0;
}

/** Columns of numbers are aligned to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  const rule = head.map((_, column) => (typeof rows[0]?.[column] === 'number' ? '--:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('');
}
