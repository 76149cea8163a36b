const dateFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat('en', {
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/**
 * Formats a time to the second in this browser's time zone: "Nov 28, 2026, 2:03:22 PM GMT+1". A line may break between
 * date and time only.
 *
 * @param at milliseconds since 1970, or a date in ISO 8601.
 */
export function exactTime(at: number | string): string {
  const time = new Date(at);
  return [dateFormat, timeFormat].map((format) => format.format(time).replaceAll(/\s/g, '\u00A0')).join(', ');
}
