import { join } from 'node:path';
import { readPassword } from './adopt-or-start.js';
import { findDirectory } from './find-location.js';
import { SCRIP } from './initialise-cluster.js';
import { findPostmaster } from './postmaster.js';

/** What there is of the embedded PostgreSQL of a home. */
export type Found =
  | { readonly kind: 'ABSENT' }
  | { readonly kind: 'STOPPED'; readonly directory: string; readonly dataDirectory: string }
  /** `url` includes the password. */
  | { readonly kind: 'RUNNING'; readonly dataDirectory: string; readonly url: string };

/**
 * Finds the embedded PostgreSQL of a home, and starts and makes nothing.
 *
 * @throws an Error where its password cannot be read.
 */
export async function findRunning(home: string): Promise<Found> {
  const directory = await findDirectory(home);
  if (directory === undefined) return { kind: 'ABSENT' };
  const dataDirectory = join(directory, 'data');
  const postmaster = await findPostmaster({ directory });
  const password = await readPassword({ directory });
  if (!postmaster?.isAlive) return { kind: 'STOPPED', directory, dataDirectory };
  return {
    kind: 'RUNNING',
    dataDirectory,
    url: `postgres://${SCRIP}:${password}@127.0.0.1:${postmaster.port}/${SCRIP}`,
  };
}
