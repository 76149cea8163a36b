import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import type { createImportPoints, Imported, ImportedChange } from '../points/import-points.js';
import { findImportFile, type ImportFile, openImportFile } from './import-file.js';
import type { ImportRecord } from './import-record.js';
import { catchInterruption } from './interruption.js';
import { excerpt } from './printable.js';
import { createProgress, type Progress } from './progress.js';

interface Options {
  readonly owner: string;
  readonly keyColumn: string;
  readonly createUsers?: true;
}

/** `scrip ledger import`: what has been imported before is not done again, so that a file can be corrected and imported again. */
export function defineLedgerImport(ledger: Command): void {
  ledger
    .command('import')
    .description(
      'add and spend points by the lines of a file; exit with 1 if lines failed, which are named by their number',
    )
    .argument(
      '<file>',
      'CSV or NDJSON with user, points (negative: spent), reason and key (unique per user)',
      findImportFile,
    )
    .option('--owner <name>', 'the user who is recorded as the owner; keys are unique per owner', 'admin')
    .option('--key-column <name>', 'the column to take as the key, such as `id` of an export', 'key')
    .option('--create-users', 'create the users that do not exist; they cannot log in')
    .action(async (file: ImportFile, options: Options) => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database, { usernameRestDays }, notifications) =>
        importFile({ database, usernameRestDays, notifications, file, options }),
      );
    });
}

interface Import {
  readonly database: PooledDatabase;
  readonly usernameRestDays: number;
  readonly notifications: Notifications;
  readonly file: ImportFile;
  readonly options: Options;
}

async function importFile({ database, usernameRestDays, notifications, file, options }: Import): Promise<void> {
  const [{ createUsers }, { composeLedger }, { createImportPoints }] = await Promise.all([
    import('../accounts/create-user.js'),
    import('../points/compose-ledger.js'),
    import('../points/import-points.js'),
  ]);
  const owner = await findOwner(database, options.owner);
  const { ledger, pointsFeed } = composeLedger({
    database,
    changes: database,
    notifications,
    onFailure: () => {}, // it is retried, and reported with its line where that fails too
    onUnsent: () => {},
  });
  const createWithoutPassword = (usernames: readonly string[]) =>
    createUsers(
      { database, usernameRestDays },
      usernames.map((username) => ({ username, role: 'USER', passwordHash: null })),
      COMMAND_LINE,
    );
  const apply = createImportPoints({
    database,
    ledger,
    owner,
    createUsers: options.createUsers ? createWithoutPassword : undefined,
  });
  await importRecords({ file, keyColumn: options.keyColumn, apply });
  await pointsFeed.flush();
}

async function findOwner(database: PooledDatabase, name: string) {
  const [{ createUserByName }, { UserNotFound }] = await Promise.all([
    import('../users/read-users.js'),
    import('../users/errors.js'),
  ]);
  const owner = await createUserByName(database)(name);
  if (owner === undefined) throw new UserNotFound();
  return owner;
}

/** The number of records by outcome. */
type Count = Record<Imported['outcome'], number>;

interface Records {
  readonly file: ImportFile;
  readonly keyColumn: string;
  readonly apply: ReturnType<typeof createImportPoints>;
}

const BATCH = 1_000;

/**
 * Imports in batches, so that a file of any size can be read. Once a record was read the counts are printed, however the
 * import ends. What was done is not undone, and not done again.
 */
async function importRecords({ file, keyColumn, apply }: Records): Promise<void> {
  const count: Count = { DONE: 0, DONE_BEFORE: 0, FAILED: 0 };
  const progress = createProgress();
  const interruption = catchInterruption();
  const { records, share } = openImportFile(file, keyColumn);
  let hasBegun = false;
  let hasEnded = false;
  let batch: Parsed[] = [];
  const applyBatch = async () => {
    const results = await apply(batch.map(({ change }) => change));
    batch.forEach(({ record }, index) => {
      const result = results[index];
      if (result === undefined) throw new Error('A change has no result.');
      count[result.outcome]++;
      if (result.outcome === 'FAILED') printFault(progress, record, result.reason);
    });
    batch = [];
  };
  try {
    for await (const record of records) {
      hasBegun = true;
      const change = await parseRecord(record);
      if (typeof change === 'string') {
        count.FAILED++;
        printFault(progress, record, change);
      } else if (batch.push({ record, change }) === BATCH) await applyBatch();
      if (interruption.signal() !== undefined) break;
      progress.show(share(), `line ${record.line}`);
    }
    if (interruption.signal() === undefined) await applyBatch();
    hasBegun = true;
    hasEnded = interruption.signal() === undefined;
  } finally {
    progress.clear();
    interruption.release();
    if (hasBegun) printCount(count);
    if (hasBegun && !hasEnded) process.stderr.write(STOPPED);
    if (count.FAILED > 0) process.exitCode = 1;
    process.exitCode = interruption.exitCode() ?? process.exitCode;
  }
}

const STOPPED = 'The import stopped before the end of the file. Run it again: nothing is done twice.\n';

function printCount({ DONE, DONE_BEFORE, FAILED }: Count): void {
  process.stdout.write(`Lines done: ${DONE}, done before: ${DONE_BEFORE}, failed: ${FAILED}.\n`);
}

interface Parsed {
  readonly record: ImportRecord;
  readonly change: ImportedChange;
}

/** The change that a record asks for; or what is wrong with it. */
async function parseRecord(record: ImportRecord): Promise<ImportedChange | string> {
  const [{ BadUserInput }, { parseImport }] = await Promise.all([
    import('../errors.js'),
    import('../points/import-points.js'),
  ]);
  if ('fault' in record) return record.fault;
  const { user, points, reason, key } = record.fields;
  try {
    return parseImport({ user, points, reason, key });
  } catch (error) {
    if (error instanceof BadUserInput) return error.message;
    throw error;
  }
}

/** Names the line, what is wrong with it, and the text that was read. */
function printFault(progress: Progress, { line, text }: ImportRecord, fault: string): void {
  const read = text === '' ? '' : ` Read: ${excerpt(text)}`;
  progress.clear();
  process.stderr.write(`line ${line}: ${fault}${read}\n`);
}
