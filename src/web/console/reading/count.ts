const format = new Intl.NumberFormat('en');

/** A whole number, in groups of three digits. */
export function count(number: number): string {
  return format.format(number);
}

const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', useGrouping: 'always' });

/** About how much: "1.2M". */
export function short(number: number): string {
  return shortFormat.format(number);
}

/** The largest number that a browser, and so the API, carries exactly. */
export const MOST_EXACT = Number.MAX_SAFE_INTEGER;

/** A change, with its sign. */
export function change(number: number): string {
  if (number === 0) return '0';
  return number < 0 ? `−${format.format(-number)}` : `+${format.format(number)}`;
}
