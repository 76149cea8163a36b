/** What follows from when changes were answered, and from what `/readyz` said meanwhile. All times are in milliseconds. */

/** Something that was tried once. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
  readonly isDone: boolean;
}

export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What `/readyz` said; no response counts as not ready. */
export interface Sample {
  readonly at: number;
  readonly isReady: boolean;
}

/** Without an outage attempts are done several times in this time, also on a busy machine. */
const OUTAGE_MS = 1_500;

/** The periods in which nothing was done, although it was tried. */
export function outages(attempts: readonly Attempt[], { from, to }: Period): Period[] {
  const done = attempts.filter(({ isDone }) => isDone).map((attempt) => attempt.to);
  const times = [from, ...done.filter((time) => time > from && time < to).sort((one, other) => one - other), to];
  return times.slice(1).flatMap((time, index) => {
    const before = times[index] ?? from;
    return time - before < OUTAGE_MS ? [] : [{ from: before, to: time }];
  });
}

/** The longest of the periods; undefined: there is none. */
export function longest(periods: readonly Period[]): Period | undefined {
  return periods.toSorted((one, other) => other.to - other.from - (one.to - one.from))[0];
}

/**
 * The longest time that the service stayed out after its database was back: of an outage during one of the database from the end
 * of that one, of another from its own beginning.
 */
export function delayAfter(service: readonly Period[], database: readonly Period[]): number {
  const delays = service.map(({ from, to }) => {
    const ends = database.filter((period) => period.from < to && period.to > from).map((period) => period.to);
    return Math.max(0, to - Math.max(from, ...ends));
  });
  return Math.max(0, ...delays);
}

/** The periods in which every sample was of one kind. */
function periodsOf(samples: readonly Sample[], isReady: boolean): Period[] {
  const periods: { from: number; to: number }[] = [];
  let current: { from: number; to: number } | undefined;
  for (const sample of samples) {
    if (sample.isReady !== isReady) current = undefined;
    else if (current !== undefined) current.to = sample.at;
    else {
      current = { from: sample.at, to: sample.at };
      periods.push(current);
    }
  }
  return periods;
}

export function redPeriods(samples: readonly Sample[]): Period[] {
  return periodsOf(samples, false);
}

/** The longest time in which a node said that it was ready and no change was answered by it. */
export function readyInVain(samples: readonly Sample[], out: readonly Period[]): number {
  const green = periodsOf(samples, true);
  const overlaps = out.flatMap(({ from, to }) =>
    green.map((period) => Math.min(to, period.to) - Math.max(from, period.from)),
  );
  return Math.max(0, ...overlaps);
}

/** How many changes were both sent and answered while the node had long said, and went on to say, that it was not ready. */
export function answeredWhileRed(samples: readonly Sample[], attempts: readonly Attempt[], slackMs: number): number {
  const red = redPeriods(samples);
  return attempts.filter(
    ({ isDone, from, to }) =>
      isDone && red.some((period) => from >= period.from + slackMs && to <= period.to - slackMs),
  ).length;
}
