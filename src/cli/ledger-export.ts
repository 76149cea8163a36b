import { type Command, Option } from 'commander';
import type { Database } from '../database/connect.js';
import type { ExportFormat } from './entry-format.js';
import { writeOut } from './write-out.js';

interface Options {
  readonly format: ExportFormat;
  readonly bom?: true;
}

/** `scrip ledger export`: everything that was ever written, each user's entries in order. */
export function defineLedgerExport(ledger: Command): void {
  ledger
    .command('export')
    .description('print all entries, in a form that `scrip ledger import` reads; no cell of CSV is a formula')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('csv'))
    .option('--bom', 'begin with a byte order mark, by which Excel knows UTF-8')
    .action(async (options: Options) => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database) => print(database, options));
    });
}

async function print(database: Database, { format, bom }: Options): Promise<void> {
  const [{ readLedger }, { createEntryFormat }] = await Promise.all([
    import('../points/read-ledger.js'),
    import('./entry-format.js'),
  ]);
  const entries = createEntryFormat(format, { isTerminal: process.stdout.isTTY });
  const start = `${bom ? '\ufeff' : ''}${entries.header}`;
  if (start !== '') await writeOut(start);
  for await (const lines of readLedger(database)) await writeOut(entries.format(lines));
}
