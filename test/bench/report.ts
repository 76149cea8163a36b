import type { Contender } from './line-up.js';
import type { Sample } from './measure.js';
import type { MixedSample } from './mixed-load.js';
import type { Operation } from './operations.js';
import { isTrusted } from './stability.js';
import { geometricMean, median, spread } from './statistics.js';
import type { WarmUp } from './warm-up.js';

/** The result of a run. */
export interface Report {
  readonly contenders: readonly Contender[];
  readonly operations: readonly Operation[];
  readonly connections: readonly number[];
  readonly samples: readonly Sample[];
  readonly warmUps: readonly WarmUp[];
  /** Empty where that load was left out. */
  readonly mixed: readonly MixedSample[];
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

type Figures = Omit<Sample, keyof CellKey>;

/** The medians of the samples of one cell. */
export function cell({ samples }: Pick<Report, 'samples'>, key: CellKey) {
  const found = samples.filter(
    (sample) =>
      sample.contender === key.contender &&
      sample.operation === key.operation &&
      sample.connections === key.connections,
  );
  return { ...medians(found), perSecond: median(found.map(({ perSecond }) => perSecond)), spread: spreadOf(found) };
}

/** The medians of the samples of one contender under the mixed load. */
export function mixedCell({ mixed }: Pick<Report, 'mixed'>, key: { contender: string; rate: number }) {
  return medians(mixed.filter(({ contender, rate }) => contender === key.contender && rate === key.rate));
}

function medians(samples: readonly Omit<Figures, 'perSecond'>[]) {
  const of = (figure: keyof Omit<Figures, 'perSecond' | 'othersShare'>) =>
    median(samples.map((sample) => sample[figure]));
  return {
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuUsPerRequest: of('cpuUsPerRequest'),
    databaseUsPerRequest: of('databaseUsPerRequest'),
    untrusted: samples.filter((sample) => !isTrusted(sample)).length,
  };
}

const spreadOf = (samples: readonly Sample[]) => spread(samples.map(({ perSecond }) => perSecond));

/** The requests per second of a cell, as a multiple of those of another contender. */
export function ratio(report: Report, key: CellKey, to: string): number {
  return cell(report, key).perSecond / cell(report, { ...key, contender: to }).perSecond;
}

/** The mean of {@link ratio} over the operations. */
export function meanRatio(report: Report, key: Omit<CellKey, 'operation'>, to: string): number {
  return geometricMean(report.operations.map(({ name }) => ratio(report, { ...key, operation: name }, to)));
}

export const has = ({ contenders }: Report, name: string) => contenders.some((contender) => contender.name === name);
