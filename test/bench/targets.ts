import { cell, has, meanRatio, type Report, ratio } from './report.js';

/** A target, and whether a run met it. */
export interface TargetResult {
  readonly target: string;
  readonly wanted: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** Targets for mean ratios, by connections. */
const TO_FLOOR: Readonly<Record<number, number>> = { 1: 0.9, 16: 1.3, 64: 2.2 };
const TO_MERCURIUS: Readonly<Record<number, number>> = { 1: 1.2, 16: 1.7, 64: 2.7 };

/** Compares a report with the targets of Scrip; what was not measured is left out. */
export function compareWithTargets(report: Report): TargetResult[] {
  return [
    ...(has(report, 'floor') ? [...means(report, 'floor', TO_FLOOR), ...overload(report)] : []),
    ...(has(report, 'mercurius') ? [...means(report, 'mercurius', TO_MERCURIUS), worstCell(report, 'mercurius')] : []),
    ...ofProcess(report),
  ];
}

function means(report: Report, to: string, wanted: Readonly<Record<number, number>>): TargetResult[] {
  return report.connections.flatMap((connections) => {
    const min = wanted[connections];
    if (min === undefined) return [];
    const found = meanRatio(report, { contender: 'scrip', connections }, to);
    return [targetResult(`geometric mean to ${to} @${connections}`, { min, found })];
  });
}

function worstCell(report: Report, to: string): TargetResult {
  const ratios = cellKeys(report).map((key) => ratio(report, key, to));
  return targetResult(`worst operation to ${to}`, { min: 1, found: Math.min(...ratios) });
}

/** All connections change one user; and the slowest responses under load. */
function overload(report: Report): TargetResult[] {
  const full = cellKeys(report).filter(({ connections }) => connections === 64);
  const hot = full.filter(({ operation }) => operation === 'm2').map((key) => ratio(report, key, 'floor'));
  const slowest = full.map((key) => cell(report, key).p99Ms / cell(report, { ...key, contender: 'floor' }).p99Ms);
  return [
    ...hot.map((found) => targetResult('m2 to floor @64', { min: 5, found })),
    ...(slowest.length > 0 ? [targetResult('worst p99 to floor @64', { max: 1, found: Math.max(...slowest) })] : []),
  ];
}

function ofProcess({ processes, embeddedStartMs }: Report): TargetResult[] {
  const idle = processes.find(({ contender }) => contender === 'scrip')?.idleMiB;
  return [
    ...(embeddedStartMs === undefined
      ? []
      : [targetResult('start with a warm embedded database, s', { max: 1.5, found: embeddedStartMs / 1_000 })]),
    ...(idle === undefined ? [] : [targetResult('idle memory, MiB', { max: 110, found: idle })]),
  ];
}

function cellKeys({ operations, connections }: Report) {
  return connections.flatMap((count) =>
    operations.map(({ name }) => ({ contender: 'scrip', operation: name, connections: count })),
  );
}

function targetResult(
  target: string,
  { found, ...bound }: { found: number } & ({ min: number } | { max: number }),
): TargetResult {
  const text = found.toFixed(2);
  return 'min' in bound
    ? { target, wanted: `at least ${bound.min}`, found: text, isMet: found >= bound.min }
    : { target, wanted: `at most ${bound.max}`, found: text, isMet: found <= bound.max };
}
