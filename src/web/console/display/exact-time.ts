const dateFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat('en', {
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/**
 * Formats a time to the second in this browser's time zone: "Nov 28, 2026, 2:03:22 PM GMT+1". A line may break after the
 * date and before the zone.
 *
 * @param at milliseconds since 1970, or a date in ISO 8601.
 */
export function exactTime(at: number | string): string {
  const instant = new Date(at);
  const date = dateFormat.format(instant).replaceAll(/\s/g, '\u00A0');
  const time = timeFormat.format(instant).replaceAll(/\s(?!\S+$)/g, '\u00A0');
  return `${date}, ${time}`;
}

const utcFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** Formats a time to the second in UTC, without the zone: "Nov 28, 2026, 1:03:22 PM". */
export function utcTime(at: number | string): string {
  return utcFormat.format(new Date(at));
}
