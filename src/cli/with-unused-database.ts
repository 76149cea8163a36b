import { noDatabase } from '../database/check-migrations.js';
import { openForCommand, openServer } from '../database/open-database.js';
import { UnusableDatabase } from '../database/unusable-database.js';
import { hasDatabase } from '../embedded-postgres/find-location.js';
import { readConfig } from '../read-config.js';
import { commandLog } from './command-log.js';

/**
 * Inspects the configured database, and then works on it by its URL while this process has no connection to it.
 *
 * @throws UnusableDatabase when there is none, a migration is pending, or a pooler stands between, behind which it cannot be seen
 *   who is connected.
 */
export async function withUnusedDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const { database: config } = readConfig();
  const { source, behindPooler } = config;
  if (source.kind === 'embedded' && !(await hasDatabase(source.home))) throw noDatabase(source.home);
  if (behindPooler) {
    throw new UnusableDatabase(
      'DATABASE_POOLER is on, and behind a pooler it cannot be seen whether a node is connected: set DATABASE_URL to PostgreSQL itself, and leave DATABASE_POOLER out.',
    );
  }
  const log = commandLog();
  const { url, close } = await openServer(config, log);
  try {
    const { close: disconnect } = await openForCommand({ ...config, source: { kind: 'url', url } }, log);
    await disconnect();
    await work(url);
  } finally {
    await close();
  }
}
