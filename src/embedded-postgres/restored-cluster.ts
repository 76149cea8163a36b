/**
 * A cluster that is made of the files of a base backup. It is prepared beside its path and runs there; only a complete one is
 * renamed, so that no process starts what was interrupted.
 */
import { lchown, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Arrival, adoptOrStart } from './adopt-or-start.js';
import { type Binaries, findBinaries } from './find-binaries.js';
import type { Location } from './find-location.js';
import { flushDirectory, removeAbandonedDrafts, SCRIP, writePassword } from './initialise-cluster.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { disconnect } from './presence.js';
import { runProgram, type User } from './run-program.js';

export interface RestoredCluster {
  /** `postgres://…`, including the password. */
  readonly url: string;
  /**
   * Stops PostgreSQL and gives the cluster its path. PostgreSQL does not run then.
   *
   * @throws Error when something has come to be at the path. That is left as it is.
   */
  keep(): Promise<void>;
  /** Stops PostgreSQL and removes the cluster, unless it was kept. */
  discard(): Promise<void>;
}

interface RestoreOptions {
  /** Writes the files of the backup into a directory, which is empty. */
  readonly extract: (directory: string) => Promise<void>;
  /** @throws Error when these binaries cannot read the backup. */
  readonly refuse: (binaries: Binaries) => void;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Starts PostgreSQL on the files of a base backup, for the cluster of a location where there is none yet. The role gets a new
 * password: that of the cluster that was backed up is not in its files.
 *
 * @throws Error when PostgreSQL cannot read the files; AbortError. Nothing is left then.
 */
export async function openRestoredCluster(location: Location, options: RestoreOptions): Promise<RestoredCluster> {
  const { signal } = options;
  await removeAbandonedDrafts(location.directory);
  const binaries = await findBinaries(location);
  options.refuse(binaries);
  const draft = { ...location, directory: await mkdtemp(`${location.directory}.${process.pid}.`) };
  const clean = async () => {
    const postmaster = await findPostmaster(draft);
    if (postmaster?.isAlive) await stopPostmaster(draft, postmaster);
    await rm(draft.directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const data = join(draft.directory, 'data');
    await mkdir(data, { mode: 0o700 });
    await options.extract(data);
    const password = await writePassword(join(draft.directory, 'password'), undefined);
    if (draft.user) await give(draft.directory, draft.user);
    await setPassword(password, { data, binaries, user: draft.user, signal });
    // Not ended by the signal: a postmaster that begins cannot be found to be stopped yet. It has nothing left to recover.
    const arrival = await adoptOrStart(draft, AbortSignal.timeout(options.timeoutSeconds * 1_000));
    signal.throwIfAborted();
    return running(location, draft, { arrival, clean, signal });
  } catch (error) {
    await clean();
    signal.throwIfAborted();
    throw error;
  }
}

function running(
  location: Location,
  draft: Location,
  {
    arrival,
    clean,
    signal,
  }: { readonly arrival: Arrival; readonly clean: () => Promise<void>; readonly signal: AbortSignal },
): RestoredCluster {
  const { port, password, presence } = arrival;
  return {
    url: `postgres://${SCRIP}:${password}@127.0.0.1:${port}/${SCRIP}`,
    async keep() {
      await disconnect(presence);
      const postmaster = await findPostmaster(draft);
      // It writes what was restored before it stops, however long that takes.
      while (postmaster?.isAlive && !(await stopPostmaster(draft, postmaster))) signal.throwIfAborted();
      await rename(draft.directory, location.directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
        throw new Error(`Another database was made in ${location.directory} meanwhile. It is left as it is.`);
      });
      await flushDirectory(dirname(location.directory));
    },
    async discard() {
      await disconnect(presence);
      await clean();
    },
  };
}

/**
 * Recovers the cluster and sets the password of its role, without a server: a server would need the old password, or accept any
 * for a moment. It takes as long as the files need to be flushed.
 */
async function setPassword(
  password: string,
  {
    data,
    binaries,
    user,
    signal,
  }: {
    readonly data: string;
    readonly binaries: Binaries;
    readonly user: User | undefined;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const program = join(binaries.directory, 'bin', 'postgres');
  const input = `ALTER ROLE ${SCRIP} PASSWORD '${password}';\n`;
  await runProgram(program, ['--single', '-D', data, 'postgres'], { user, signal, input }).catch((error: Error) => {
    signal.throwIfAborted();
    throw new Error(`PostgreSQL cannot read the backup: ${error.message}`, { cause: error });
  });
}

/** Gives all files to the user that PostgreSQL runs as; the folder around them last, so that the user can change none before. */
async function give(directory: string, user: User): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  await lchown(directory, user.uid, user.gid);
}
