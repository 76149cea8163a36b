import type { Database } from '../database/connect.js';
import { checkSection, type Fault, type Section, WHOLE_LEDGER } from './verify-ledger.js';

/** The result for the whole ledger. */
export interface Recomputed {
  readonly users: number;
  readonly entries: number;
  readonly faults: number;
  readonly firstFault: Fault | null;
}

/** Checks the whole ledger, section by section. `signal` ends it between two. */
export async function recomputeLedger(database: Database, signal?: AbortSignal): Promise<Recomputed> {
  const sum = { users: 0, entries: 0, faults: 0, firstFault: null as Fault | null };
  for (let section: Section | undefined = WHOLE_LEDGER; section !== undefined; ) {
    signal?.throwIfAborted();
    const { users, entries, faults, next } = await checkSection(database, section);
    sum.users += users;
    sum.entries += entries;
    sum.faults += faults.length;
    sum.firstFault ??= faults[0] ?? null;
    section = next;
  }
  return sum;
}
