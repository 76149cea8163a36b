import type { Command } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import { findOwner, OWNER_OPTION } from './find-owner.js';
import { findImportFile, type ImportFile, openImportFile } from './import-file.js';
import { REFERENCE_COLUMN } from './import-record.js';
import { importRecords } from './import-records.js';

interface Options {
  readonly owner: string;
  readonly keyColumn: string;
  readonly referenceColumn: string;
  readonly external?: string;
  readonly createUsers?: true;
}

/** `scrip ledger import`: what has been imported before is not done again, so that a file can be corrected and imported again. */
export function defineLedgerImport(ledger: Command): void {
  ledger
    .command('import')
    .description(
      'add, spend, transfer and reverse points by the lines of a file; exit with 1 if lines failed, which are named by their number',
    )
    .argument(
      '<file>',
      'CSV or NDJSON with user, points (negative: spent), reason and key (unique per user), and, where there are such columns, to (who receives the points), createdAt, reference, metadata, reverses and counterpart; open holds do not move in this way',
      findImportFile,
    )
    .option(...OWNER_OPTION)
    .option('--key-column <name>', 'the column to take as the key, such as `id` of an export', 'key')
    .option('--reference-column <name>', 'the column to take as the reference', REFERENCE_COLUMN)
    .option(
      '--external <issuer>',
      'find users by the columns `external` and `toExternal`, their ids in that system, where these are not empty',
    )
    .option('--create-users', 'create the users that do not exist; they cannot log in')
    .action(async (file: ImportFile, options: Options) => {
      const [{ withDatabase }, { parseIssuer }] = await Promise.all([
        import('./with-database.js'),
        import('../users/external-ref.js'),
      ]);
      if (options.external !== undefined) parseIssuer('external', options.external);
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
  const [{ createImportUsers }, { composeLedger }, { createImportPoints }] = await Promise.all([
    import('../accounts/import-users.js'),
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
  const users = createImportUsers({ database, usernameRestDays }, { canCreate: options.createUsers === true });
  const { keyColumn: key, referenceColumn: reference, external: issuer } = options;
  await importRecords({
    opened: openImportFile(file, { key, reference, hasExternal: issuer !== undefined }),
    issuer,
    points: createImportPoints({ database, ledger, owner, findUsers: users.find }),
    users,
  });
  await pointsFeed.flush();
}
