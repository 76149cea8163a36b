import type { Job } from '../jobs/jobs.js';
import { checkSection, type Fault, type Section, WHOLE_LEDGER } from './verify-ledger.js';

export interface LedgerCheckOptions {
  /** Called after each section; `faults` is the number of faults in the ledger, as far as it is known. */
  readonly onChecked: (checked: { readonly users: number; readonly faults: number }) => void;
  readonly onFault: (fault: Fault) => void;
}

/** Sections of one run. At some 20 ms each, less than a hundredth of a core if the job runs once a minute. */
const SECTIONS = 20;

/**
 * Creates a job that checks the whole ledger continuously, some sections per run.
 *
 * A fault counts until the whole ledger was checked without it.
 */
export function createLedgerCheck({ onChecked, onFault }: LedgerCheckOptions): Job {
  let section: Section = WHOLE_LEDGER;
  let sections = 0;
  let faults = 0;
  let faultsLastTime = 0;
  return async (transaction) => {
    const found = await checkSection(transaction, section);
    found.faults.forEach(onFault);
    faults += found.faults.length;
    if (found.next === undefined) [faultsLastTime, faults] = [faults, 0];
    onChecked({ users: found.users, faults: Math.max(faults, faultsLastTime) });
    section = found.next ?? WHOLE_LEDGER;
    sections = found.next === undefined ? 0 : (sections + 1) % SECTIONS;
    return sections === 0 ? 'DONE' : 'MORE';
  };
}
