import type { Config } from '../config.js';
import { noDatabase } from '../database/check-migrations.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import { type CommandOptions, openForCommand } from '../database/open-database.js';
import { hasDatabase } from '../embedded-postgres/find-location.js';
import { readConfig } from '../read-config.js';
import { commandLog } from './command-log.js';

/**
 * Opens the configured database for as long as some work takes; the embedded one is shared with the server, if it runs.
 * Warnings go to standard error.
 *
 * @param options.migrations with `apply` the database is made where there is none. Without it a wrong folder or URL would
 *   get an empty one, in which nothing is found.
 * @throws UnusableDatabase when there is none.
 */
export async function withDatabase<Result>(
  work: (database: PooledDatabase, config: Config, notifications: Notifications) => Promise<Result>,
  options: CommandOptions = {},
): Promise<Result> {
  const config = readConfig();
  const { source } = config.database;
  if (options.migrations !== 'apply' && source.kind === 'embedded' && !(await hasDatabase(source.home))) {
    throw noDatabase(source.home);
  }
  const { database, notifications, close } = await openForCommand(config.database, commandLog(), options);
  try {
    return await work(database, config, notifications);
  } finally {
    await close();
  }
}
