import type { Contender } from './line-up.js';
import type { Sample } from './measure.js';
import type { Operation } from './operations.js';
import { isTrusted } from './stability.js';
import { geometricMean, median, spread } from './statistics.js';
import { compareWithTargets } from './targets.js';

/** The result of a run. */
export interface Report {
  readonly contenders: readonly Contender[];
  readonly operations: readonly Operation[];
  readonly connections: readonly number[];
  readonly samples: readonly Sample[];
  readonly processes: readonly ProcessFigures[];
  /** Scrip with its embedded PostgreSQL; undefined: it was not there. */
  readonly embeddedStartMs: number | undefined;
  /** How it was measured, and what. */
  readonly about: readonly string[];
}

export interface ProcessFigures {
  readonly contender: string;
  /** From the start of the process to the first correct response. */
  readonly startMs: number;
  readonly idleMiB: number;
  readonly loadedMiB: number;
}

/** Identifies the samples of one operation of one contender. */
export interface CellKey {
  readonly contender: string;
  readonly operation: string;
  readonly connections: number;
}

/** The medians of the samples of one cell. */
export function cell({ samples }: Pick<Report, 'samples'>, key: CellKey) {
  const found = samples.filter(
    (sample) =>
      sample.contender === key.contender &&
      sample.operation === key.operation &&
      sample.connections === key.connections,
  );
  const of = (figure: keyof Omit<Sample, keyof CellKey | 'othersShare'>) => found.map((sample) => sample[figure]);
  return {
    perSecond: median(of('perSecond')),
    spread: spread(of('perSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    cpuUsPerRequest: median(of('cpuUsPerRequest')),
    databaseUsPerRequest: median(of('databaseUsPerRequest')),
    untrusted: found.filter((sample) => !isTrusted(sample)).length,
  };
}

/** The requests per second of a cell, as a multiple of those of another contender. */
export function ratio(report: Report, key: CellKey, to: string): number {
  return cell(report, key).perSecond / cell(report, { ...key, contender: to }).perSecond;
}

/** The mean of {@link ratio} over the operations. */
export function meanRatio(report: Report, key: Omit<CellKey, 'operation'>, to: string): number {
  return geometricMean(report.operations.map(({ name }) => ratio(report, { ...key, operation: name }, to)));
}

/** Writes a report as Markdown. */
export function render(report: Report): string {
  const sections = [
    `${report.about.join(' · ')}`,
    ...(has(report, 'floor') ? [overview(report)] : []),
    ...(has(report, 'scrip') ? [cells(report)] : []),
    figures(report),
    processes(report),
    ...(has(report, 'scrip') ? [targets(report)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

export const has = ({ contenders }: Report, name: string) => contenders.some((contender) => contender.name === name);

/** All contenders in proportion to the floor. */
function overview(report: Report): string {
  const rows = report.contenders.map(({ name, title }) => [
    title,
    ...report.connections.map((connections) => meanRatio(report, { contender: name, connections }, 'floor').toFixed(2)),
  ]);
  return section(
    'Requests per second, as multiples of the floor: the geometric mean over the operations.',
    ['', ...at(report)],
    rows,
  );
}

/** Scrip in proportion to each other contender, operation by operation. */
function cells(report: Report): string {
  return report.contenders
    .filter(({ name }) => name !== 'scrip')
    .map(({ name, title }) => {
      const rows = report.operations.map((operation) => [
        `${operation.name}: ${operation.title}`,
        ...report.connections.map((connections) =>
          ratio(report, { contender: 'scrip', operation: operation.name, connections }, name).toFixed(2),
        ),
      ]);
      const means = report.connections.map((connections) =>
        meanRatio(report, { contender: 'scrip', connections }, name).toFixed(2),
      );
      return section(`Scrip to ${title}.`, ['', ...at(report)], [...rows, ['geometric mean', ...means]]);
    })
    .join('\n\n');
}

function figures(report: Report): string {
  const rows = report.operations.flatMap((operation) =>
    report.connections.map((connections) => [
      `${operation.name} @${connections}`,
      ...report.contenders.map((contender) => {
        const { perSecond, spread, p50Ms, p99Ms, cpuUsPerRequest } = cell(report, {
          contender: contender.name,
          operation: operation.name,
          connections,
        });
        return `${Math.round(perSecond)} ±${Math.round(spread * 100)}%, ${short(p50Ms)}/${short(p99Ms)}, ${Math.round(cpuUsPerRequest)}`;
      }),
    ]),
  );
  return section(
    'Medians on this machine: requests per second with their spread ((max - min) / median), p50/p99 in ms, and the server process’s CPU time per request in µs.',
    ['', ...report.contenders.map(({ title }) => title)],
    rows,
  );
}

function processes(report: Report): string {
  const rows = report.processes.map(({ contender, startMs, idleMiB, loadedMiB }) => [
    report.contenders.find(({ name }) => name === contender)?.title ?? contender,
    String(Math.round(startMs)),
    String(Math.round(idleMiB)),
    String(Math.round(loadedMiB)),
  ]);
  return section(
    'Each process: from its start to the first correct response, and its memory.',
    ['', 'start, ms', 'idle, MiB', 'after the load, MiB'],
    rows,
  );
}

function targets(report: Report): string {
  const rows = compareWithTargets(report).map(({ target, wanted, found, isMet }) => [
    target,
    wanted,
    found,
    isMet ? 'met' : '**missed**',
  ]);
  return section('Targets.', ['', 'wanted', 'found', ''], rows);
}

const at = ({ connections }: Report) => connections.map((count) => `@${count}`);

const short = (ms: number) => (ms < 10 ? ms.toFixed(1) : String(Math.round(ms)));

/** A table in Markdown, with what it shows. */
export function section(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cellTexts: readonly string[]) => `| ${cellTexts.join(' | ')} |`;
  return [caption, '', line(head), `|---|${'--:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}
