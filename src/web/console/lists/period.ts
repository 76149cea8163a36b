/** A range of days in this browser's time zone. Both ends are included; an empty one is open. */
export interface Period {
  /** As a date field writes it: `2026-11-28`. */
  readonly from: string;
  readonly to: string;
}

/** The name of this browser's time zone: `Europe/Berlin`. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a time is before, in or after a period. */
export function positionIn({ from, to }: Period, at: string): 'before' | 'in' | 'after' {
  const time = new Date(at);
  if (from !== '' && time < new Date(`${from}T00:00`)) return 'before';
  return to !== '' && time > new Date(`${to}T23:59:59.999`) ? 'after' : 'in';
}
