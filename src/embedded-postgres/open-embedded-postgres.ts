import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { closeHome } from '../home/home.js';
import { type Arrival, adoptOrStart } from './adopt-or-start.js';
import { findBinaries } from './find-binaries.js';
import { findLocation, type Location } from './find-location.js';
import { initialiseCluster, SCRIP } from './initialise-cluster.js';
import { keepRunning } from './keep-running.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { connect, disconnect, ensureDatabase, isAlone } from './presence.js';
import type { User } from './run-program.js';

export interface EmbeddedPostgres {
  /** `postgres://…`, including the password. */
  url: string;
  /** Directory of the data, for messages. */
  dataDirectory: string;
  /** Whether this process started the PostgreSQL that it uses. */
  startedHere: boolean;
  /** The user that PostgreSQL runs as; undefined: that of this process. */
  user: User | undefined;
  /** Stops PostgreSQL unless others are connected. Resolves within 8 s. */
  close(): Promise<void>;
}

/**
 * Adopts the PostgreSQL that runs in `home`, or starts (after initialising) one.
 *
 * Any number of processes may do so concurrently. PostgreSQL survives the end of all of them and is adopted by the next;
 * signals to their process groups do not reach it. It listens only on 127.0.0.1 and requires a password.
 *
 * @param options.home created if it is missing. For root the data may be elsewhere: see `findLocation`.
 * @param options.log called with complete sentences about slow steps and locations.
 * @param options.timeoutSeconds the timeout of an initialisation, a start or a recovery; defaults to 60.
 * @param options.keepsRunning whether PostgreSQL is restarted when it ends before `close`; defaults to false.
 * @throws an Error whose message tells the operator what to do.
 */
export async function openEmbeddedPostgres(options: {
  home: string;
  log: (message: string) => void;
  timeoutSeconds?: number;
  keepsRunning?: boolean;
}): Promise<EmbeddedPostgres> {
  const { home, log, timeoutSeconds = 60, keepsRunning = false } = options;
  const deadline = AbortSignal.timeout(timeoutSeconds * 1_000);
  try {
    const location = await findLocation(home);
    const closed = await closeHome(home, location.homeMode);
    if (closed !== undefined) log(closed);
    await initialiseIfAbsent(location, { log, deadline });
    const arrival = await adoptOrStart(location, deadline);
    return await toEmbeddedPostgres(location, { arrival, log, keepsRunning });
  } catch (error) {
    throw toOperatorError(error, home);
  }
}

async function initialiseIfAbsent(
  location: Location,
  { log, deadline }: { log: (message: string) => void; deadline: AbortSignal },
): Promise<void> {
  if (existsSync(location.directory)) return;
  const binaries = await findBinaries(location);
  log(`Initialising PostgreSQL ${binaries.version} in ${location.directory}.`);
  await initialiseCluster(location, { binaries, signal: deadline }).catch((error: Error) => {
    if ('code' in error) throw error;
    const reason = deadline.aborted ? 'it took longer than DATABASE_START_TIMEOUT_SECONDS' : error.message;
    throw new Error(`PostgreSQL could not be initialised in ${location.directory}: ${reason}`, { cause: error });
  });
}

async function toEmbeddedPostgres(
  location: Location,
  { arrival, log, keepsRunning }: { arrival: Arrival; log: (message: string) => void; keepsRunning: boolean },
): Promise<EmbeddedPostgres> {
  const { port, password, presence, started } = arrival;
  const dataDirectory = join(location.directory, 'data');
  let closing: Promise<void> | undefined;
  const stay = keepsRunning ? keepRunning(location, arrival, log) : async () => arrival;
  const close = () => {
    closing ??= stay().then((last) => leave(location, last, log));
    return closing;
  };
  try {
    await ensureDatabase(presence);
  } catch (error) {
    await close();
    throw error;
  }
  if (started) {
    const { version, directory } = started.binaries;
    const user = location.user ? ` as ${location.user.name}` : '';
    log(`PostgreSQL ${version} runs${user} on 127.0.0.1:${port}; data: ${dataDirectory}, programs: ${directory}.`);
  }
  const url = `postgres://${SCRIP}:${password}@127.0.0.1:${port}/${SCRIP}`;
  return { url, dataDirectory, startedHere: started !== undefined, user: location.user, close };
}

/** Uses a separate connection: the presence may be broken, and would count as another connection. */
async function leave(
  location: Location,
  { port, password, presence }: Arrival,
  log: (message: string) => void,
): Promise<void> {
  await disconnect(presence);
  const postmaster = await findPostmaster(location);
  if (!postmaster?.isAlive) return;
  const connection = await connect({ port, password }).catch(() => undefined);
  if (!connection) return log('PostgreSQL is left running: it does not respond.');
  // This connection lasts until PostgreSQL ends it: until then no process can become present in it.
  if (!(await isAlone(connection).catch(() => false))) log('PostgreSQL is left running: other processes use it.');
  else if (!(await stopPostmaster(location, postmaster))) log('PostgreSQL is still stopping.');
  await disconnect(connection);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file is in the way',
  ENOTDIR: 'a file is in the way',
  ENOENT: 'a part of it is missing',
};

/** Says of an error of the system that it is of the home, and what to do. */
export function toOperatorError(error: unknown, home: string): unknown {
  const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
  if (!(error instanceof Error) || reason === undefined) return error;
  return new Error(
    `The embedded database cannot be kept in ${home}: ${reason} (${error.message}). Choose another SCRIP_HOME or set DATABASE_URL.`,
    { cause: error },
  );
}
