import type { Command } from 'commander';
import { counted } from './counted.js';

/** `scrip backup check`: restores a backup where nothing serves it, and recomputes its ledger. */
export function defineBackupCheck(backup: Command): void {
  backup
    .command('check')
    .description(
      'restore a backup into a temporary folder and recompute every balance there; exit with 1 if the file or a balance is ' +
        'not as it was',
    )
    .argument('<file>', 'the file that `scrip backup` wrote')
    .action(check);
}

async function check(file: string): Promise<void> {
  const [{ checkBackup }, { describeFault }, { readConfig }, { commandLog }, { untilInterrupted }] = await Promise.all([
    import('../backup/check-backup.js'),
    import('../points/verify-ledger.js'),
    import('../read-config.js'),
    import('./command-log.js'),
    import('./interruption.js'),
  ]);
  const { database: config } = readConfig();
  await untilInterrupted(async (signal) => {
    const { about, ledger } = await checkBackup({ path: file, config, log: commandLog(), signal });
    const { users, entries, faults, firstFault } = ledger;
    const [ofUsers, inEntries] = [counted(users, 'user'), counted(entries, 'entry', 'entries')];
    const { startedAt, scrip, postgresql } = about;
    const made = `The backup of ${startedAt} (Scrip ${scrip}, PostgreSQL ${postgresql})`;
    if (firstFault === null) process.stdout.write(`${made} is sound: ${ofUsers}, ${inEntries}.\n`);
    else
      process.stdout.write(
        `${made} is complete, and its ledger is not sound. ${describeFault(firstFault)} Faults: ${faults}, in ${inEntries} of ${ofUsers}.\n`,
      );
    if (faults > 0) process.exitCode = 1;
  });
}
