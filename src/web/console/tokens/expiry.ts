/** How long a token is to work, as the issue dialog asks it. */
export const EXPIRIES = [
  { value: 'never', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: 'custom', label: 'On a day of your choice' },
];

/** When a token ends: null is never. The chosen day is the last one, by the clock of this browser. */
export function expiryOf({ expiry, lastDay }: { expiry: string; lastDay: string }): string | null {
  if (expiry === 'never') return null;
  if (expiry === 'custom') return new Date(`${lastDay}T23:59:59.999`).toISOString();
  return new Date(Date.now() + Number(expiry) * 86_400_000).toISOString();
}

/** Today and later, as a date field writes days. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
