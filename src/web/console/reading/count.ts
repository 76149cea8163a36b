const format = new Intl.NumberFormat('en');

/** A whole number, in groups of three digits. */
export function count(number: number): string {
  return format.format(number);
}

/** A change, with its sign. */
export function change(number: number): string {
  if (number === 0) return '0';
  return number < 0 ? `−${format.format(-number)}` : `+${format.format(number)}`;
}
