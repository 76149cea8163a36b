/** The longest time that is kept: a day. */
const MAX_SECONDS = 86_400;

/**
 * The seconds that a `Retry-After` asks to wait, up to a day (RFC 9110, section 10.2.3: seconds, or a date).
 *
 * @returns null where it asks for nothing that can be understood.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const seconds = /^\d{1,10}$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1_000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 0), MAX_SECONDS);
}
