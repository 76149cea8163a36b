import type { Database } from '../database/connect.js';
import { checkSome, type Fault, type Place, WHOLE_LEDGER } from './verify-ledger.js';

export interface LedgerCheckOptions {
  /** Hears what a stretch came to: `faults` is how many the ledger holds, as far as is known. */
  readonly onChecked: (checked: { readonly users: number; readonly faults: number }) => void;
  readonly onFault: (fault: Fault) => void;
}

/** At some 20 ms each, less than a hundredth of a core's time if the chore is done once a minute. */
const STRETCHES = 20;

/**
 * Makes a chore that checks the ledger from one end to the other and again, some stretches of it each time.
 *
 * A fault counts until the whole ledger was checked without meeting it again.
 */
export function createLedgerCheck({ onChecked, onFault }: LedgerCheckOptions) {
  let place: Place = WHOLE_LEDGER;
  let stretches = 0;
  let faults = 0;
  let faultsLastTime = 0;
  return async (transaction: Database, most: number): Promise<number> => {
    const found = await checkSome(transaction, place);
    found.faults.forEach(onFault);
    faults += found.faults.length;
    if (found.next === undefined) [faultsLastTime, faults] = [faults, 0];
    onChecked({ users: found.users, faults: Math.max(faults, faultsLastTime) });
    place = found.next ?? WHOLE_LEDGER;
    stretches = found.next === undefined ? 0 : (stretches + 1) % STRETCHES;
    return stretches === 0 ? 0 : most;
  };
}
