const dateFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

/**
 * A moment to the second, by the clock of this browser: "Nov 28, 2026, 2:03:22 PM". A line breaks between date and time.
 *
 * @param at milliseconds since 1970, or a date in ISO 8601.
 */
export function exactTime(at: number | string): string {
  const moment = new Date(at);
  return [dateFormat, timeFormat].map((format) => format.format(moment).replaceAll(/\s/g, '\u00A0')).join(', ');
}
