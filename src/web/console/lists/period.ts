/** A range of days in this browser's time zone. Both ends are included; an empty one is open. */
export interface Period {
  /** As a date field writes it: `2026-11-28`. */
  readonly from: string;
  readonly to: string;
}

/** The name of this browser's time zone: `Europe/Berlin`. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A period as the API takes it: `since` belongs to it, `until` does not. */
interface Range {
  readonly since?: string;
  readonly until?: string;
}

/** Whether a text is a day of the calendar from the year 1000 on, as a date field writes it. */
export function isDay(text: string): boolean {
  return /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && dayOf(new Date(`${text}T00:00`)) === text;
}

/** The day of a time in this browser's time zone. */
export function dayOf(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** The day that is a number of days after another one. */
export function addDays(day: string, count: number): string {
  const time = new Date(`${day}T00:00`);
  time.setDate(time.getDate() + count);
  return dayOf(time);
}

/** The times of a period. */
export function rangeOf({ from, to }: Period): Range {
  return {
    ...(from !== '' && { since: new Date(`${from}T00:00`).toISOString() }),
    ...(to !== '' && { until: new Date(`${addDays(to, 1)}T00:00`).toISOString() }),
  };
}

/** Whether a time is before, in or after a period. */
export function positionIn({ from, to }: Period, at: string): 'before' | 'in' | 'after' {
  const time = new Date(at);
  if (from !== '' && time < new Date(`${from}T00:00`)) return 'before';
  return to !== '' && time > new Date(`${to}T23:59:59.999`) ? 'after' : 'in';
}
