import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { type OpenDatabase, openForCommand } from '../database/open-database.js';
import type { Location } from '../embedded-postgres/find-location.js';
import { openRestoredCluster, type RestoredCluster } from '../embedded-postgres/restored-cluster.js';
import { type About, UnusableBackup } from './archive.js';
import { openArchive } from './read-archive.js';

/** A backup whose database runs, apart from any that is served. */
export interface OpenBackup {
  readonly about: About;
  readonly cluster: RestoredCluster;
  /** Migrated to this version. */
  readonly database: OpenDatabase['database'];
  /** `postgres://…`, including the password. */
  readonly url: string;
  /** Ends all connections to the database. */
  disconnect(): Promise<void>;
}

export interface OpenOptions {
  readonly path: string;
  /** Where the cluster runs beside, and is kept. */
  readonly location: Location;
  readonly config: Config['database'];
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Starts PostgreSQL on what a backup holds, and migrates its database to this version.
 *
 * @throws UnusableBackup, UnusableDatabase; AbortError. Nothing is left then.
 */
export async function openBackup({ path, location, config, log, signal }: OpenOptions): Promise<OpenBackup> {
  const archive = await openArchive(path, signal);
  try {
    const { about } = archive;
    const cluster = await openRestoredCluster(location, {
      extract: archive.extract,
      refuse: ({ version }) => refuseOtherMajor(about, version),
      timeoutSeconds: config.startTimeoutSeconds,
      signal,
    });
    try {
      const { url } = cluster;
      const own = { ...config, source: { kind: 'url', url }, behindPooler: false, listenUrl: undefined } as const;
      const settings = { ...own, requireSyncStandby: false };
      const { database, close } = await openForCommand(settings, log, { migrations: 'apply' });
      return { about, cluster, database, url, disconnect: close };
    } catch (error) {
      await cluster.discard();
      throw error;
    }
  } finally {
    await archive.close();
  }
}

function refuseOtherMajor({ postgresql }: About, version: string): void {
  const [major, own] = [postgresql, version].map((text) => Number.parseInt(text, 10));
  if (major === own) return;
  throw new UnusableBackup(
    `The backup is of PostgreSQL ${postgresql}, which the installed ${version} cannot read. Use a Scrip with PostgreSQL ${major}.`,
  );
}
