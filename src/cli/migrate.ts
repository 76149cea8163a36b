import type { Command } from 'commander';
import type { PooledDatabase } from '../database/connect.js';

interface Options {
  readonly grantTo?: string;
}

/** `scrip migrate`: opening the database migrates it. */
export function defineMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database to this version, as every start of the server does; only this and `serve` create or migrate one',
    )
    .option(
      '--grant-to <role>',
      'then grant an existing role what serving needs, and nothing more; run it as the owner of the tables, after every upgrade. It takes nothing away, and leaves `pg_read_all_stats`, which REQUIRE_SYNC_STANDBY needs, to you',
    )
    .action(migrate);
}

async function migrate({ grantTo }: Options): Promise<void> {
  const { withDatabase } = await import('./with-database.js');
  await withDatabase(
    async (database, config) => {
      process.stderr.write('The database is up to date.\n');
      if (grantTo !== undefined) await grantServingTo(database, grantTo, config.database.requireSyncStandby);
    },
    { migrations: 'apply' },
  );
}

async function grantServingTo(database: PooledDatabase, role: string, requireSyncStandby: boolean): Promise<void> {
  const { grantServing } = await import('../database/grant-serving.js');
  const onWait = () => process.stderr.write('Waiting while another node migrates the database.\n');
  const { grants, warnings } = await grantServing(database, { role, requireSyncStandby, onWait });
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stderr.write(
    grants.length === 0 ? 'The role has every privilege that serving needs.\n' : `${grants.join(';\n')};\n`,
  );
}
