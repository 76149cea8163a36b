/** Reads dates and times. */

/** The form of RFC 3339, section 5.6, without leap seconds. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** PostgreSQL knows no year 0. In ISO 8601, years outside 0000 to 9999 begin with a sign, which precedes digits. */
const FIRST_YEAR = '0001';

/** Reads a date and time with an offset, truncated to milliseconds. @returns undefined: the text is none. */
export function parseDateTime(text: string): Date | undefined {
  const [, day] = DATE_TIME.exec(text) ?? [];
  const date = new Date(text.toUpperCase());
  if (day === undefined || !isDay(day) || Number.isNaN(date.getTime()) || date.toISOString() < FIRST_YEAR)
    return undefined;
  return date;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
