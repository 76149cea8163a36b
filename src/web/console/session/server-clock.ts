/** A smaller difference comes from the header, which has whole seconds, and from the time that the response took. */
const TOLERANCE_MILLISECONDS = 2_000;

/**
 * How far the server's clock is ahead of this computer's, in milliseconds; 0 for a small difference.
 *
 * @param date the header `Date` of a response; null: it has none.
 * @param now when the response arrived, by this computer's clock.
 */
export function clockOffset(date: string | null, now: number): number {
  const offset = Date.parse(date ?? '') - now;
  return Math.abs(offset) > TOLERANCE_MILLISECONDS ? offset : 0; // a date that cannot be read is NaN
}
