import type { Command } from 'commander';

/** `scrip migrate`: opening the database migrates it. */
export function defineMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database to this version, as every start of the server does; only this and `serve` create or migrate one',
    )
    .action(async () => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase(async () => {}, { migrations: 'apply' });
      process.stderr.write('The database is up to date.\n');
    });
}
