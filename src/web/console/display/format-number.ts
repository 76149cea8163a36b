const format = new Intl.NumberFormat('en');

/** Formats a whole number in groups of three digits: "1,234". */
export function formatNumber(number: number): string {
  return format.format(number);
}

const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', useGrouping: 'always' });

/** Formats a number in compact notation: "1.2M". */
export function formatCompact(number: number): string {
  return shortFormat.format(number);
}

/** Formats a change with its sign: "+5" or "−5". */
export function formatChange(number: number): string {
  if (number === 0) return '0';
  return number < 0 ? `−${format.format(-number)}` : `+${format.format(number)}`;
}
