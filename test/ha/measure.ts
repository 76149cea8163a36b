/** The outages of a run, and the rules about them. */
import {
  type Attempt,
  answeredWhileRed,
  delayAfter,
  longest,
  outages,
  type Period,
  readyInVain,
  redPeriods,
  type Sample,
} from './measures.js';
import { BACK_WITHIN_MS, READY_IN_VAIN_MS, RED_SLACK_MS } from './rules.js';

export interface Observed {
  /** From the fault to the end of the run. */
  readonly during: Period;
  /** When no change could be confirmed. */
  readonly quiet: Period | undefined;
  readonly database: readonly Attempt[];
  readonly front: readonly Attempt[];
  readonly nodes: readonly {
    readonly url: string;
    readonly attempts: readonly Attempt[];
    readonly samples: readonly Sample[];
  }[];
}

/** Times are in milliseconds. */
export interface Measures {
  readonly databaseOutMs: number;
  /** By way of the proxy. */
  readonly serviceOutMs: number;
  /** From when the database was back until the proxy and both nodes were, at most. */
  readonly backMs: number;
  /** From the fault on; undefined: it stayed ready. One for each node. */
  readonly red: readonly (Period | undefined)[];
  readonly readyInVainMs: number;
  readonly violations: readonly string[];
}

export function measure({ during, quiet, database, front, nodes }: Observed): Measures {
  const databaseOut = outages(database, during);
  const frontOut = outages(front, during);
  const ofNodes = nodes.map((node) => ({ ...node, out: outages(node.attempts, during) }));
  const backMs = Math.max(...[frontOut, ...ofNodes.map(({ out }) => out)].map((out) => delayAfter(out, databaseOut)));
  const vain = ofNodes.map(({ samples, out }) => readyInVain(samples, out));
  const violations = ofNodes.flatMap(({ url, samples, attempts, out }) => {
    const late = delayAfter(out, databaseOut);
    const vainMs = readyInVain(samples, out);
    const whileRed = answeredWhileRed(samples, attempts, RED_SLACK_MS);
    return [
      ...(late > BACK_WITHIN_MS ? [`L4: ${url} answers ${Math.round(late)} ms after the database`] : []),
      ...(vainMs > READY_IN_VAIN_MS ? [`L5: ${url} was ready for ${Math.round(vainMs)} ms in vain`] : []),
      ...(whileRed > 0 ? [`L6: ${url} answered ${whileRed} changes although it was not ready`] : []),
      ...quietViolations(url, quiet, attempts, samples),
    ];
  });
  const frontLate = delayAfter(frontOut, databaseOut);
  if (frontLate > BACK_WITHIN_MS)
    violations.push(`L4: the proxy answers ${Math.round(frontLate)} ms after the database`);
  return {
    databaseOutMs: lengthOf(longest(databaseOut)),
    serviceOutMs: lengthOf(longest(frontOut)),
    backMs,
    red: nodes.map(({ samples }) => {
      const red = longest(redPeriods(samples.filter(({ at }) => at >= during.from)));
      return red && { from: red.from - during.from, to: red.to - during.from };
    }),
    readyInVainMs: Math.max(0, ...vain),
    violations,
  };
}

function quietViolations(
  url: string,
  quiet: Period | undefined,
  attempts: readonly Attempt[],
  samples: readonly Sample[],
): string[] {
  if (quiet === undefined) return [];
  const from = quiet.from + READY_IN_VAIN_MS;
  const done = attempts.filter((attempt) => attempt.isDone && attempt.to > from && attempt.to < quiet.to).length;
  const ready = samples.filter(({ at, isReady }) => isReady && at > from && at < quiet.to).length;
  return [
    ...(done > 0 ? [`L8: ${url} confirmed ${done} changes without a standby`] : []),
    ...(ready > 0 ? [`L8: ${url} was ready ${ready} times without a standby`] : []),
  ];
}

function lengthOf(period: Period | undefined): number {
  return period === undefined ? 0 : period.to - period.from;
}
