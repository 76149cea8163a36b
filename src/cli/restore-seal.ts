import type { Command } from 'commander';
import { type SealFlags, withSealOptions } from './seal-options.js';

/** `scrip restore seal`: nothing that was revoked after the backup is valid in a restored database. */
export function defineRestoreSeal(restore: Command): void {
  withSealOptions(restore.command('seal'))
    .description(
      'after a database was restored, before a node serves from it: pause every token and webhook, end every session, make ' +
        'every other ADMIN a USER, and set a new password of one ADMIN',
    )
    .action(sealDatabase);
}

async function sealDatabase(_: SealFlags, command: Command): Promise<void> {
  const flags = command.optsWithGlobals<SealFlags>(); // `restore` has the same options, and has taken them

  const [{ withUnusedDatabase }, { readSealOptions }, { printSeal }, { seal }, { createPasswords }] = await Promise.all(
    [
      import('./with-unused-database.js'),
      import('./seal-options.js'),
      import('./print-seal.js'),
      import('../backup/seal.js'),
      import('../users/password-hash.js'),
    ],
  );
  await withUnusedDatabase(async (url) => {
    printSeal(await seal(url, createPasswords(), await readSealOptions(flags)));
  });
}
