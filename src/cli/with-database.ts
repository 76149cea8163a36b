import { pino } from 'pino';
import type { Config } from '../config.js';
import type { PooledDatabase } from '../database/connect.js';
import type { Notifications } from '../database/notifications.js';
import { openDatabase } from '../database/open-database.js';
import { discreet } from '../log.js';
import { readConfig } from './read-config.js';

/**
 * Opens the configured database for as long as some work takes; the embedded one is shared with the server, if it runs.
 * Warnings go to standard error.
 */
export async function withDatabase<Result>(
  work: (database: PooledDatabase, config: Config, notifications: Notifications) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  const log = discreet(pino({ level: 'warn' }, pino.destination(2)));
  const { database, notifications, close } = await openDatabase({ ...config.database, poolSize: 2 }, log);
  try {
    return await work(database, config, notifications);
  } finally {
    await close();
  }
}
