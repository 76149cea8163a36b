import { pino } from 'pino';
import type { Config } from '../config.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import { type CommandOptions, openForCommand } from '../database/open-database.js';
import { UnusableDatabase } from '../database/unusable-database.js';
import { hasDatabase } from '../embedded-postgres/find-location.js';
import { redacted } from '../log.js';
import { readConfig } from '../read-config.js';

/**
 * Opens the configured database for as long as some work takes; the embedded one is shared with the server, if it runs.
 * Warnings go to standard error.
 *
 * @param options.creates makes the embedded database where there is none. Without it a wrong folder would get an empty
 *   one, in which nothing is found.
 * @throws UnusableDatabase when there is none.
 */
export async function withDatabase<Result>(
  work: (database: PooledDatabase, config: Config, notifications: Notifications) => Promise<Result>,
  { creates = false, ...options }: CommandOptions & { readonly creates?: boolean } = {},
): Promise<Result> {
  const config = readConfig();
  const { source } = config.database;
  if (!creates && source.kind === 'embedded' && !(await hasDatabase(source.home))) {
    throw new UnusableDatabase(
      `There is no database in ${source.home}. Make one with \`scrip serve\` or \`scrip migrate\`, or name another by SCRIP_HOME or DATABASE_URL.`,
    );
  }
  const log = redacted(pino({ level: 'warn' }, pino.destination(2)));
  const { database, notifications, close } = await openForCommand(config.database, log, options);
  try {
    return await work(database, config, notifications);
  } finally {
    await close();
  }
}
