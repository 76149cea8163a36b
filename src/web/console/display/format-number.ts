const format = new Intl.NumberFormat('en');

/** A whole number, in groups of three digits. */
export function formatNumber(number: number): string {
  return format.format(number);
}

const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', useGrouping: 'always' });

/** About how much: "1.2M". */
export function formatCompact(number: number): string {
  return shortFormat.format(number);
}

/** The largest number that a browser, and so the API, carries exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;

/** A change, with its sign. */
export function formatChange(number: number): string {
  if (number === 0) return '0';
  return number < 0 ? `−${format.format(-number)}` : `+${format.format(number)}`;
}
