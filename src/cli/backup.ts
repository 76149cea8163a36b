import type { Command } from 'commander';
import { defineBackupCheck } from './backup-check.js';

/** `scrip backup`: writes the embedded database to a file, while it is served. */
export function defineBackup(program: Command): void {
  const backup = program
    .command('backup')
    .description(
      'write the embedded database to a new file, while it is served or not; the signing key in SCRIP_HOME is not in it. ' +
        'A database of DATABASE_URL is backed up by the tools of PostgreSQL',
    )
    .argument('<file>', 'the file to make; it is never one that exists')
    .action(writeBackup);
  defineBackupCheck(backup);
}

async function writeBackup(file: string): Promise<void> {
  const [{ makeBackup }, { readEmbedded }, { untilInterrupted }, { resolve }] = await Promise.all([
    import('../backup/make-backup.js'),
    import('./read-embedded.js'),
    import('./interruption.js'),
    import('node:path'),
  ]);
  const { home, database, log } = readEmbedded(
    'DATABASE_URL is set: back that database up with pgBackRest, WAL-G or pg_basebackup (docs/backup.md). ' +
      '`scrip backup` is for the embedded database.',
  );
  await untilInterrupted(async (signal) => {
    const { startTimeoutSeconds } = database;
    const path = resolve(file);
    const { about, size } = await makeBackup({
      home,
      path,
      startTimeoutSeconds,
      log: (message) => log.info({ event: 'embedded_postgres' }, message),
      signal,
    });
    process.stderr.write(
      `Wrote ${path} (${Math.ceil(size / 1_048_576)} MiB): everything confirmed before ${about.startedAt}. ` +
        'Keep the signing key apart from it.\n',
    );
  });
}
