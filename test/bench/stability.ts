/** When a warm-up may end, and when a round may count. */

/** Windows whose mean is compared with that of as many before them. */
const WINDOWS = 2;

const TOLERANCE = 0.03;

/** The part of the machine that others may take during a round. */
export const MAX_OTHERS_SHARE = 0.05;

/** Whether a figure has settled: the mean of the last windows is that of those before, within 3 %. */
export function isStable(figures: readonly number[]): boolean {
  if (figures.length < 2 * WINDOWS) return false;
  const last = mean(figures.slice(-WINDOWS));
  const before = mean(figures.slice(-2 * WINDOWS, -WINDOWS));
  return Math.abs(last - before) < TOLERANCE * before;
}

/** Whether others left enough of the machine. Where that is not known, nothing speaks against it. */
export function isTrusted({ othersShare }: { readonly othersShare: number | undefined }): boolean {
  return othersShare === undefined || othersShare <= MAX_OTHERS_SHARE;
}

/** How often one measurement is repeated where others took too much, and all of them: a run has to end. */
const REPEATS = 3;
const ALL_REPEATS = 150;

/** Says whether a measurement is repeated, for the first, second, third … time. */
export function createRepeats(all = ALL_REPEATS): (time: number) => boolean {
  let left = all;
  return (time) => time <= REPEATS && left-- > 0;
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
