import { madeAt } from '../points/entry.js';
import type { LedgerEntry } from '../points/read-ledger.js';

/** The cells of an entry that the lists of `scrip ledger` share: its time, its kind, its delta and the balance after it. */
export function entryCells({ recordedAt, effectiveAt, kind, reverses, delta, balanceAfter }: LedgerEntry): string[] {
  return [
    madeAt({ recordedAt, effectiveAt }).toISOString(),
    reverses === null ? kind : `${kind} of ${reverses}`,
    delta > 0 ? `+${delta}` : String(delta),
    String(balanceAfter),
  ];
}
