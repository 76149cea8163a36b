/** A balance and when it began, in milliseconds since 1970. */
export interface BalanceStep {
  readonly at: number;
  readonly balance: number;
}

interface Entry {
  readonly createdAt: string;
  readonly balanceAfter: number;
}

/**
 * The balance of a user over time, oldest first, up to now. Of entries of the same millisecond the last
 * one counts.
 *
 * @param entries newest first.
 */
export function balanceSteps(entries: readonly Entry[], now: number): BalanceStep[] {
  const balances = new Map<number, number>();
  for (const { createdAt, balanceAfter } of entries.toReversed()) balances.set(Date.parse(createdAt), balanceAfter);
  const steps = [...balances].map(([at, balance]) => ({ at, balance }));
  const last = steps.at(-1);
  return last && last.at < now ? [...steps, { at: now, balance: last.balance }] : steps;
}
