import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { UnusableDatabase } from '../database/unusable-database.js';
import { readConfig } from '../read-config.js';
import { commandLog } from './command-log.js';

/** What a command on the embedded database itself needs. */
export interface Embedded {
  readonly home: string;
  readonly database: Config['database'];
  readonly log: Logger;
}

/** @throws UnusableDatabase with a message where another database is configured. */
export function readEmbedded(elsewhere: string): Embedded {
  const { database, home } = readConfig();
  if (database.source.kind !== 'embedded') throw new UnusableDatabase(elsewhere);
  return { home, database, log: commandLog() };
}
