import { cell, has, meanRatio, mixedCell, type Report, ratio } from './report.js';

/** A target, and whether a run met it. */
export interface TargetResult {
  readonly target: string;
  readonly wanted: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** Targets for mean ratios, by connections. */
const TO_FLOOR: Readonly<Record<number, number>> = { 1: 0.8, 16: 1.4, 64: 2 };
const TO_MERCURIUS: Readonly<Record<number, number>> = { 1: 1, 16: 1.7, 64: 2.6 };

/** Compares a report with the targets of Scrip; what was not measured is left out. */
export function compareWithTargets(report: Report): TargetResult[] {
  const measured = report.operations.length > 0;
  return [
    ...(measured && has(report, 'floor') ? [...means(report, 'floor', TO_FLOOR), ...slowest(report)] : []),
    ...(measured && has(report, 'mercurius')
      ? [...means(report, 'mercurius', TO_MERCURIUS), worstCell(report, 'mercurius')]
      : []),
    ...(report.mixed.length > 0 && has(report, 'mercurius') ? [processorTime(report, 'mercurius')] : []),
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
  const [name, found] = extreme(report.connections, report, (key) => ratio(report, key, to), Math.min);
  return targetResult(`worst operation to ${to}: ${name}`, { min: 0.8, found });
}

/** The slowest hundredth of the responses under load. */
function slowest(report: Report): TargetResult[] {
  if (!report.connections.includes(64)) return [];
  const p99 = (contender: string, operation: string) => cell(report, { contender, operation, connections: 64 }).p99Ms;
  const [name, found] = extreme(
    [64],
    report,
    ({ operation }) => p99('scrip', operation) / p99('floor', operation),
    Math.max,
  );
  return [targetResult(`worst p99 to floor: ${name}`, { max: 1, found })];
}

function processorTime(report: Report, to: string): TargetResult {
  const time = (contender: string) => mixedCell(report, { contender, rate: 200 }).cpuUsPerRequest;
  return targetResult(`processor time per request to ${to} at 200/s`, { max: 1, found: time('scrip') / time(to) });
}

function ofProcess({ processes, embeddedStartMs }: Report): TargetResult[] {
  const idle = processes.find(({ contender }) => contender === 'scrip')?.idleMiB;
  return [
    ...(embeddedStartMs === undefined
      ? []
      : [targetResult('start with a warm embedded database, s', { max: 1, found: embeddedStartMs / 1_000 })]),
    ...(idle === undefined ? [] : [targetResult('idle memory, MiB', { max: 100, found: idle })]),
  ];
}

/** The smallest or largest figure of all operations, and where it was found. */
function extreme(
  connections: readonly number[],
  { operations }: Report,
  figure: (key: { contender: string; operation: string; connections: number }) => number,
  pick: (...figures: number[]) => number,
): [string, number] {
  const all = connections.flatMap((count) =>
    operations.map(({ name }): [string, number] => [
      `${name} @${count}`,
      figure({ contender: 'scrip', operation: name, connections: count }),
    ]),
  );
  const value = pick(...all.map(([, found]) => found));
  return all.find(([, found]) => found === value) ?? ['', Number.NaN];
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
