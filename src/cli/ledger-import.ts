import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import type { createImportPoints, Imported, ImportedChange } from '../points/import-points.js';
import { findImportFile, type ImportFile, type ImportLine, readImportFile } from './import-file.js';
import { createProgress, type Progress } from './progress.js';

interface Options {
  readonly owner: string;
  readonly keyColumn: string;
  readonly createUsers?: true;
}

/** `scrip ledger import`: what has been imported before is not done again, so that a file can be mended and repeated. */
export function defineLedgerImport(ledger: Command): void {
  ledger
    .command('import')
    .description('add and spend what a file says; exit with 1 if lines failed, which are named by their number')
    .argument(
      '<file>',
      'CSV or NDJSON with user, points (negative: spent), reason and key (unique per user)',
      findImportFile,
    )
    .option('--owner <name>', 'in whose name it is done; keys are unique among theirs', 'admin')
    .option('--key-column <name>', 'what to take as the key: the `id` of an export, for example', 'key')
    .option('--create-users', 'create the users that are not there; they cannot log in')
    .action(async (file: ImportFile, options: Options) => {
      const { withDatabase } = await import('./with-database.js');
      const count = await withDatabase((database, _config, notifications) =>
        importFile({ database, notifications, file, options }),
      );
      const { DONE, DONE_BEFORE, FAILED } = count;
      process.stdout.write(`Lines done: ${DONE}, done before: ${DONE_BEFORE}, failed: ${FAILED}.\n`);
      if (FAILED > 0) process.exitCode = 1;
    });
}

interface Import {
  readonly database: PooledDatabase;
  readonly notifications: Notifications;
  readonly file: ImportFile;
  readonly options: Options;
}

async function importFile({ database, notifications, file, options }: Import): Promise<Count> {
  const [{ createApplyPoints }, { createLedger }, { systemClock }, { createPointsFeed }, { createImportPoints }] =
    await Promise.all([
      import('../points/apply-points.js'),
      import('../points/ledger.js'),
      import('../points/clock.js'),
      import('../points/feed/points-feed.js'),
      import('../points/import-points.js'),
    ]);
  const owner = await findOwner(database, options.owner);
  const feed = createPointsFeed({ database, notifications, onUnsent: () => {} }); // who follows looks by themselves, too
  const ledger = createLedger({
    run: createApplyPoints(database),
    clock: systemClock,
    onFailure: () => {}, // it is tried again, and else the line fails
    onEntry: feed.announce,
  });
  const createsUsers = options.createUsers ? COMMAND_LINE : undefined;
  const apply = createImportPoints({ database, ledger, owner, createsUsers });
  const count = await importLines({ file, keyColumn: options.keyColumn, apply });
  await feed.settle();
  return count;
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

/** How many lines came to what. */
type Count = Record<Imported['outcome'], number>;

interface Lines {
  readonly file: ImportFile;
  readonly keyColumn: string;
  readonly apply: ReturnType<typeof createImportPoints>;
}

const BATCH = 1_000;

/** Batch by batch, so that a file of any size passes through. */
async function importLines({ file, keyColumn, apply }: Lines): Promise<Count> {
  const count: Count = { DONE: 0, DONE_BEFORE: 0, FAILED: 0 };
  const progress = createProgress();
  let batch: Numbered[] = [];
  const applyBatch = async () => {
    const results = await apply(batch.map(({ change }) => change));
    results.forEach((result, index) => {
      count[result.outcome]++;
      if (result.outcome === 'FAILED') complain(progress, batch[index]?.number, result.reason);
    });
    batch = [];
  };
  for await (const line of readImportFile(file, ['user', 'points', keyColumn])) {
    const change = await parseLine(line, keyColumn);
    if (typeof change === 'string') {
      count.FAILED++;
      complain(progress, line.number, change);
    } else if (batch.push({ number: line.number, change }) === BATCH) await applyBatch();
    progress.show(line.bytesRead / file.bytes, `line ${line.number}`);
  }
  await applyBatch();
  progress.clear();
  return count;
}

interface Numbered {
  readonly number: number;
  readonly change: ImportedChange;
}

/** The change that a line asks for, or what is wrong with it. */
async function parseLine(line: ImportLine, keyColumn: string): Promise<ImportedChange | string> {
  const [{ BadUserInput }, { parseImport }] = await Promise.all([
    import('../errors.js'),
    import('../points/import-points.js'),
  ]);
  if ('fault' in line) return line.fault;
  const { user, points, reason, [keyColumn]: key } = line.record;
  try {
    return parseImport({ user, points, reason, key });
  } catch (error) {
    if (error instanceof BadUserInput) return error.message;
    throw error;
  }
}

function complain(progress: Progress, number: number | undefined, reason: string): void {
  progress.clear();
  process.stderr.write(`line ${number}: ${reason}\n`);
}
