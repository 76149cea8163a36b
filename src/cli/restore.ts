import type { Command } from 'commander';
import { defineRestoreSeal } from './restore-seal.js';
import { type SealFlags, withSealOptions } from './seal-options.js';

/** `scrip restore`: puts a backup of the embedded database into an empty home, sealed. */
export function defineRestore(program: Command): void {
  const restore = program.command('restore');
  withSealOptions(restore)
    .description(
      'put a backup of the embedded database into an empty SCRIP_HOME, and seal it as `scrip restore seal` does, before a ' +
        'server can start on it',
    )
    .argument('<file>', 'the file that `scrip backup` wrote')
    .action(restoreFile);
  defineRestoreSeal(restore);
}

async function restoreFile(file: string, flags: SealFlags): Promise<void> {
  const [
    { refuseNonEmpty, restoreBackup },
    { readEmbedded },
    { readSealOptions },
    { printSeal },
    { untilInterrupted },
  ] = await Promise.all([
    import('../backup/restore-backup.js'),
    import('./read-embedded.js'),
    import('./seal-options.js'),
    import('./print-seal.js'),
    import('./interruption.js'),
  ]);
  const {
    home,
    database: config,
    log,
  } = readEmbedded(
    'DATABASE_URL is set: restore that database with the tool that backed it up, then run `scrip restore seal` ' +
      '(docs/backup.md). `scrip restore FILE` is for the embedded database.',
  );
  await refuseNonEmpty(home);
  const options = await readSealOptions(flags);
  await untilInterrupted(async (signal) => {
    const { about, sealed } = await restoreBackup({ home, path: file, config, log, signal, seal: options });
    process.stderr.write(`Restored the backup of ${about.startedAt} to ${home}.\n`);
    printSeal(sealed);
    process.stderr.write('Put the signing key into SCRIP_HOME (or its setting) before you start the server.\n');
  });
}
