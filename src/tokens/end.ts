import { BadUserInput } from '../errors.js';

/**
 * Checks the end of a token: in the future, and before the year 10000, which texts of instants end with.
 *
 * @param now seconds since 1970, by the database's clock.
 * @throws BadUserInput
 */
export function requireFutureEnd(expiresAt: Date | null, now: number): void {
  if (expiresAt === null || (expiresAt.getTime() > now * 1000 && expiresAt.getUTCFullYear() < 10_000)) return;
  throw new BadUserInput('input.expiresAt', 'A token ends in the future, and before the year 10000.');
}
