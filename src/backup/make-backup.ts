import pg from 'pg';
import { noDatabase } from '../database/check-migrations.js';
import { readJournal } from '../database/journal.js';
import { hasDatabase } from '../embedded-postgres/find-location.js';
import { openEmbeddedPostgres } from '../embedded-postgres/open-embedded-postgres.js';
import { codeVersion } from '../version.js';
import type { About } from './archive.js';
import { readBaseBackup } from './base-backup.js';
import { refuseExisting, writeArchive } from './write-archive.js';

export interface BackupOptions {
  /** SCRIP_HOME, whose embedded PostgreSQL is backed up, whether it runs or not. */
  readonly home: string;
  /** The file to write. */
  readonly path: string;
  readonly startTimeoutSeconds: number;
  readonly log: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes a backup of the embedded database to a new file, which only its owner can read. It has everything that was confirmed
 * before the call. Serving goes on meanwhile.
 *
 * @throws UnusableDatabase when there is no database; Error when the file exists or cannot be written, or PostgreSQL cannot be backed up; AbortError. No file is left then.
 */
export async function makeBackup(options: BackupOptions): Promise<{ readonly about: About; readonly size: number }> {
  const { home, path, startTimeoutSeconds: timeoutSeconds, log, signal } = options;
  refuseExisting(path);
  if (!(await hasDatabase(home))) throw noDatabase(home);
  const server = await openEmbeddedPostgres({ home, log, timeoutSeconds });
  try {
    const about = await describe(server.url);
    signal.throwIfAborted();
    const contents = await readBaseBackup(server.url);
    return { about, size: await writeArchive(path, { about, contents, signal }) };
  } finally {
    await server.close();
  }
}

async function describe(url: string): Promise<About> {
  const client = new pg.Client({ connectionString: url, application_name: 'scrip backup' });
  client.on('error', () => {}); // the statement fails with it
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; now: Date }>(
      "select current_setting('server_version') as version, now() as now",
    );
    const [server] = rows;
    if (server === undefined) throw new Error('PostgreSQL did not tell its version.');
    const applied = (await readJournal(client)) ?? [];
    return {
      scrip: codeVersion,
      postgresql: server.version,
      startedAt: server.now.toISOString(),
      migrations: applied.map(({ name }) => name).toSorted(),
    };
  } finally {
    await client.end();
  }
}
