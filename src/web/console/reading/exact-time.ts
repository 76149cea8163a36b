const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/**
 * A moment to the second, by the clock of this browser: "Nov 28, 2026, 2:03:22 PM".
 *
 * @param at milliseconds since 1970, or a date in ISO 8601.
 */
export function exactTime(at: number | string): string {
  return format.format(new Date(at));
}
