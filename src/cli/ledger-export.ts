import { type Command, Option } from 'commander';
import type { Database } from '../database/connect.js';
import type { Line } from '../points/read-ledger.js';
import { writeOut } from './write-out.js';

interface Options {
  readonly format: 'csv' | 'ndjson';
}

/** `scrip ledger export`: everything that was ever written, each user's entries in order. */
export function defineLedgerExport(ledger: Command): void {
  ledger
    .command('export')
    .description('print all entries, in a form that `scrip ledger import` reads')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('csv'))
    .action(async ({ format }: Options) => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database) => print(database, format));
    });
}

async function print(database: Database, format: Options['format']): Promise<void> {
  const [{ readLedger }, { entryId }] = await Promise.all([
    import('../points/read-ledger.js'),
    import('../points/entry.js'),
  ]);
  if (format === 'csv') await writeOut(`${COLUMNS.join(',')}\r\n`);
  for await (const lines of readLedger(database)) {
    const records = lines.map((line) => describe(line, entryId(line)));
    await writeOut(
      records.map((record) => (format === 'csv' ? toCsv(record) : `${JSON.stringify(record)}\n`)).join(''),
    );
  }
}

const COLUMNS = [
  'user',
  'points',
  'reason',
  'key',
  'id',
  'kind',
  'balanceAfter',
  'reverses',
  'owner',
  'token',
  'createdAt',
] as const;

type Exported = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

function describe(line: Line, id: string): Exported {
  const { username, delta, reason, idempotencyKey, kind, balanceAfter, reverses, owner, token, createdAt } = line;
  return {
    user: username,
    points: delta,
    reason,
    key: idempotencyKey,
    id,
    kind,
    balanceAfter,
    reverses,
    owner,
    token,
    createdAt: createdAt.toISOString(),
  };
}

/** After RFC 4180. */
function toCsv(record: Exported): string {
  const cells = COLUMNS.map((column) => {
    const text = String(record[column] ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${cells.join(',')}\r\n`;
}
