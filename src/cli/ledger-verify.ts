import type { Command } from 'commander';
import type { Database } from '../database/connect.js';
import type { Fault, Section } from '../points/verify-ledger.js';
import { counted } from './counted.js';

/** `scrip ledger verify`: recomputes all of it, and ends with 1 where anything differs. */
export function defineLedgerVerify(ledger: Command): void {
  ledger
    .command('verify')
    .description('recompute every balance from its entries; exit with 1 if anything differs, naming the first fault')
    .option('--json', 'as a JSON object')
    .action(verify);
}

async function verify({ json }: { readonly json?: true }): Promise<void> {
  const [{ withDatabase }, { describeFault }] = await Promise.all([
    import('./with-database.js'),
    import('../points/verify-ledger.js'),
  ]);
  const { users, entries, faults, firstFault } = await withDatabase(recompute);
  const [ofUsers, inEntries] = [counted(users, 'user'), counted(entries, 'entry', 'entries')];
  if (json) process.stdout.write(`${JSON.stringify({ users, entries, faults, firstFault }, undefined, 2)}\n`);
  else if (firstFault === null) process.stdout.write(`The ledger is sound: ${ofUsers}, ${inEntries}.\n`);
  else process.stdout.write(`${describeFault(firstFault)} Faults: ${faults}, in ${inEntries} of ${ofUsers}.\n`);
  if (faults > 0) process.exitCode = 1;
}

async function recompute(database: Database) {
  const { checkSection, WHOLE_LEDGER } = await import('../points/verify-ledger.js');
  const sum = { users: 0, entries: 0, faults: 0, firstFault: null as Fault | null };
  for (let section: Section | undefined = WHOLE_LEDGER; section !== undefined; ) {
    const { users, entries, faults, next } = await checkSection(database, section);
    sum.users += users;
    sum.entries += entries;
    sum.faults += faults.length;
    sum.firstFault ??= faults[0] ?? null;
    section = next;
  }
  return sum;
}
