import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchLocation } from '../embedded-postgres/find-location.js';
import { type Recomputed, recomputeLedger } from '../points/recompute-ledger.js';
import type { About } from './archive.js';
import { type OpenOptions, openBackup } from './open-backup.js';

/**
 * Restores a backup into a folder of its own, below that for temporary files, and recomputes its ledger. The folder is removed.
 *
 * @throws UnusableBackup, UnusableDatabase; AbortError.
 */
export async function checkBackup(
  options: Omit<OpenOptions, 'location'>,
): Promise<{ readonly about: About; readonly ledger: Recomputed }> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-backup-check-'));
  try {
    await chmod(folder, 0o711); // PostgreSQL may run as another user, who passes through it
    const location = await scratchLocation(folder);
    const { about, database, cluster, disconnect } = await openBackup({ ...options, location });
    try {
      return { about, ledger: await recomputeLedger(database, options.signal) };
    } finally {
      await disconnect();
      await cluster.discard();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
