import type { Command } from 'commander';
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
  const [{ withDatabase }, { recomputeLedger }, { describeFault }] = await Promise.all([
    import('./with-database.js'),
    import('../points/recompute-ledger.js'),
    import('../points/verify-ledger.js'),
  ]);
  const { users, entries, faults, firstFault } = await withDatabase((database) => recomputeLedger(database));
  const [ofUsers, inEntries] = [counted(users, 'user'), counted(entries, 'entry', 'entries')];
  if (json) process.stdout.write(`${JSON.stringify({ users, entries, faults, firstFault }, undefined, 2)}\n`);
  else if (firstFault === null) process.stdout.write(`The ledger is sound: ${ofUsers}, ${inEntries}.\n`);
  else process.stdout.write(`${describeFault(firstFault)} Faults: ${faults}, in ${inEntries} of ${ofUsers}.\n`);
  if (faults > 0) process.exitCode = 1;
}
