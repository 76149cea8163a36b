import { type Command, Option } from 'commander';
import type { Database } from '../database/connect.js';
import type { ExportFormat } from './entry-format.js';
import { writeOut } from './write-out.js';

interface Options {
  readonly format: ExportFormat;
  readonly external?: string;
  readonly bom?: true;
}

/** `scrip ledger export`: everything that was ever written, each user's entries in order. */
export function defineLedgerExport(ledger: Command): void {
  ledger
    .command('export')
    .description(
      'print all entries, in a form that `scrip ledger import` reads; no cell of CSV is a formula. Open holds are not among them',
    )
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('csv'))
    .option('--external <issuer>', 'with the ids of users in that system, in the column `external`')
    .option('--bom', 'begin with a byte order mark, by which Excel knows UTF-8')
    .action(async (options: Options) => {
      const [{ withDatabase }, { parseIssuer }] = await Promise.all([
        import('./with-database.js'),
        import('../users/external-ref.js'),
      ]);
      if (options.external !== undefined) parseIssuer('external', options.external);
      await withDatabase((database) => print(database, options));
    });
}

async function print(database: Database, { format, external, bom }: Options): Promise<void> {
  const [{ readLedger }, { createEntryFormat }] = await Promise.all([
    import('../points/read-ledger.js'),
    import('./entry-format.js'),
  ]);
  const entries = createEntryFormat(format, {
    isTerminal: process.stdout.isTTY,
    hasExternal: external !== undefined,
  });
  const start = `${bom ? '\ufeff' : ''}${entries.header}`;
  if (start !== '') await writeOut(start);
  for await (const lines of readLedger(database, { issuer: external })) await writeOut(entries.format(lines));
}
