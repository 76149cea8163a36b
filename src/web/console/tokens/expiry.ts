export interface Expiry {
  readonly value: string;
  readonly label: string;
}

/** The expiry options of a new token. */
export const EXPIRIES: readonly Expiry[] = [
  { value: 'never', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: 'custom', label: 'On a custom date' },
];

/** When a token expires; null: never. A custom date is the last day, in this browser's time zone. */
export function expiryOf({ expiry, lastDay }: { expiry: string; lastDay: string }): string | null {
  if (expiry === 'never') return null;
  if (expiry === 'custom') return new Date(`${lastDay}T23:59:59.999`).toISOString();
  return new Date(Date.now() + Number(expiry) * 86_400_000).toISOString();
}

/** The label of an option. */
export function expiryLabel({ expiry, lastDay }: { expiry: string; lastDay: string }): string {
  if (expiry === 'custom') return `After ${lastDay}`;
  return EXPIRIES.find(({ value }) => value === expiry)?.label ?? expiry;
}

/** The current date in this browser's time zone, as a date field writes it: `2026-11-28`. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
