import { cell, has, meanRatio, type Report, ratio } from './report.js';

/** Whether something that was aimed at was reached. */
export interface Judgement {
  readonly target: string;
  readonly wanted: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** Mean ratios that are aimed at, by connections. */
const TO_FLOOR: Readonly<Record<number, number>> = { 1: 0.9, 16: 1.3, 64: 2.2 };
const TO_MERCURIUS: Readonly<Record<number, number>> = { 1: 1.2, 16: 1.7, 64: 2.7 };

/** Holds a report against what Scrip aims at; what was not measured is left out. */
export function judgeTargets(report: Report): Judgement[] {
  return [
    ...(has(report, 'floor') ? [...means(report, 'floor', TO_FLOOR), ...overload(report)] : []),
    ...(has(report, 'mercurius') ? [...means(report, 'mercurius', TO_MERCURIUS), worstCell(report, 'mercurius')] : []),
    ...ofProcess(report),
  ];
}

function means(report: Report, to: string, wanted: Readonly<Record<number, number>>): Judgement[] {
  return report.connections.flatMap((connections) => {
    const least = wanted[connections];
    if (least === undefined) return [];
    const found = meanRatio(report, { contender: 'scrip', connections }, to);
    return [judgement(`geometric mean to ${to} @${connections}`, { least, found })];
  });
}

function worstCell(report: Report, to: string): Judgement {
  const ratios = places(report).map((place) => ratio(report, place, to));
  return judgement(`worst operation to ${to}`, { least: 1, found: Math.min(...ratios) });
}

/** One user whom everybody changes, and the slowest answers under load. */
function overload(report: Report): Judgement[] {
  const full = places(report).filter(({ connections }) => connections === 64);
  const hot = full.filter(({ operation }) => operation === 'm2').map((place) => ratio(report, place, 'floor'));
  const slowest = full.map((place) => cell(report, place).p99Ms / cell(report, { ...place, contender: 'floor' }).p99Ms);
  return [
    ...hot.map((found) => judgement('m2 to floor @64', { least: 5, found })),
    ...(slowest.length > 0 ? [judgement('worst p99 to floor @64', { most: 1, found: Math.max(...slowest) })] : []),
  ];
}

function ofProcess({ processes, embeddedStartMs }: Report): Judgement[] {
  const idle = processes.find(({ contender }) => contender === 'scrip')?.idleMiB;
  return [
    ...(embeddedStartMs === undefined
      ? []
      : [judgement('start with a warm embedded database, s', { most: 1.5, found: embeddedStartMs / 1_000 })]),
    ...(idle === undefined ? [] : [judgement('idle memory, MiB', { most: 110, found: idle })]),
  ];
}

function places({ operations, connections }: Report) {
  return connections.flatMap((count) =>
    operations.map(({ name }) => ({ contender: 'scrip', operation: name, connections: count })),
  );
}

function judgement(
  target: string,
  { found, ...bound }: { found: number } & ({ least: number } | { most: number }),
): Judgement {
  const text = found.toFixed(2);
  return 'least' in bound
    ? { target, wanted: `at least ${bound.least}`, found: text, isMet: found >= bound.least }
    : { target, wanted: `at most ${bound.most}`, found: text, isMet: found <= bound.most };
}
