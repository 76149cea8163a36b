/** The clocks of the server and its database differ a little: a hold that is over may still be read as open. */
const MIN_MILLISECONDS = 500;

/** Among holds that were not read, one may expire earlier. */
const PARTIAL_MILLISECONDS = 10_000;

/** A browser runs a timer that is set for longer than 2^31 ms immediately. */
const MAX_MILLISECONDS = 86_400_000;

interface Circumstances {
  readonly now: number;
  /** Whether there are more open holds than were read. */
  readonly isPartial: boolean;
}

/**
 * In how many milliseconds open holds are to be read again; undefined: there is none.
 *
 * @param ends when the holds that were read expire.
 */
export function refetchDelay(ends: readonly number[], { now, isPartial }: Circumstances): number | undefined {
  if (ends.length === 0) return undefined;
  const untilEnd = Math.max(Math.min(...ends) - now, 0) + MIN_MILLISECONDS;
  return Math.min(untilEnd, isPartial ? PARTIAL_MILLISECONDS : MAX_MILLISECONDS);
}
