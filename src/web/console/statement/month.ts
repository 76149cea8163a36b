/** The times of a statement. `since` belongs to it, `until` does not. */
export interface StatementPeriod {
  readonly since: string;
  readonly until: string;
  /** Whether the month has ended; otherwise `until` is now. */
  readonly isOver: boolean;
}

const labelFormat = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const nameFormat = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });

/** The names of the months, January first. */
export const MONTH_NAMES = Array.from({ length: 12 }, (_, index) => nameFormat.format(Date.UTC(2000, index)));

/** The UTC month of a time: `2026-11`. */
export function monthOf(time: Date): string {
  return time.toISOString().slice(0, 7);
}

/** The month that a text names: `2026-11`. The current one for anything else, and for a month in the future. */
export function parseMonth(text: string | null, now: Date): string {
  const current = monthOf(now);
  return text !== null && /^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(text) && text <= current ? text : current;
}

/** The month that is a number of months after another one. */
export function addMonths(month: string, count: number): string {
  const start = startOf(month);
  return monthOf(new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + count)));
}

/** A month in words: "November 2026". */
export function monthLabel(month: string): string {
  return labelFormat.format(startOf(month));
}

/** The period of a month, up to now if it has not ended. */
export function periodOf(month: string, now: Date): StatementPeriod {
  const end = startOf(addMonths(month, 1));
  const isOver = end <= now;
  return { since: startOf(month).toISOString(), until: (isOver ? end : now).toISOString(), isOver };
}

function startOf(month: string): Date {
  return new Date(`${month}-01T00:00:00Z`);
}
