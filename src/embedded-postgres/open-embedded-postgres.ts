import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { closeHome } from '../home.js';
import { type Arrival, adoptOrStart } from './adopt-or-start.js';
import { findBinaries } from './find-binaries.js';
import { findPlace, type Place } from './find-place.js';
import { initialiseCluster, SCRIP } from './initialise-cluster.js';
import { keepRunning } from './keep-running.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { connect, disconnect, ensureDatabase, isAlone } from './presence.js';
import type { User } from './run-program.js';

export interface EmbeddedPostgres {
  /** `postgres://…`, with the password in it. */
  url: string;
  /** Directory of the data, for messages. */
  dataDirectory: string;
  /** Whether this process started the PostgreSQL that it uses. */
  startedHere: boolean;
  /** Whom PostgreSQL runs as; undefined: as this process. */
  user: User | undefined;
  /** Stops PostgreSQL unless others are connected. Ends within 8 s. */
  close(): Promise<void>;
}

/**
 * Adopts the PostgreSQL that runs in `home`, or starts (after initialising) one.
 *
 * Any number of processes may do so at once. It outlives the death of all of them and is adopted by the next; no
 * signal to their process groups reaches it. It listens on 127.0.0.1 alone and wants a password.
 *
 * @param options.home made if it is missing. As root it may be that the data cannot be in it: see `findPlace`.
 * @param options.log hears, in whole sentences, what takes long and where things went.
 * @param options.timeoutSeconds how long an initialisation, a start or a recovery may take; 60 unless given.
 * @param options.keepsRunning whether it is started again when it ends before it is closed; not so unless given.
 * @throws an Error whose message is fit for the operator and says what to do.
 */
export async function openEmbeddedPostgres(options: {
  home: string;
  log: (message: string) => void;
  timeoutSeconds?: number;
  keepsRunning?: boolean;
}): Promise<EmbeddedPostgres> {
  const { home, log, timeoutSeconds = 60, keepsRunning = false } = options;
  const patience = AbortSignal.timeout(timeoutSeconds * 1_000);
  try {
    const place = await findPlace(home);
    const closed = await closeHome(home, place.homeMode);
    if (closed !== undefined) log(closed);
    await initialiseIfAbsent(place, { log, patience });
    const arrival = await adoptOrStart(place, patience);
    return await welcome(place, { arrival, log, keepsRunning });
  } catch (error) {
    throw inPlainWords(error, home);
  }
}

async function initialiseIfAbsent(
  place: Place,
  { log, patience }: { log: (message: string) => void; patience: AbortSignal },
): Promise<void> {
  if (existsSync(place.directory)) return;
  const binaries = await findBinaries(place);
  log(`Initialising PostgreSQL ${binaries.version} in ${place.directory}.`);
  await initialiseCluster(place, { binaries, signal: patience }).catch((error: Error) => {
    if ('code' in error) throw error;
    const reason = patience.aborted ? 'it takes longer than DATABASE_START_TIMEOUT_SECONDS' : error.message;
    throw new Error(`PostgreSQL could not be initialised in ${place.directory}: ${reason}`, { cause: error });
  });
}

async function welcome(
  place: Place,
  { arrival, log, keepsRunning }: { arrival: Arrival; log: (message: string) => void; keepsRunning: boolean },
): Promise<EmbeddedPostgres> {
  const { port, password, presence, started } = arrival;
  const dataDirectory = join(place.directory, 'data');
  let closing: Promise<void> | undefined;
  const stay = keepsRunning ? keepRunning(place, arrival, log) : async () => arrival;
  const close = () => {
    closing ??= stay().then((last) => leave(place, last, log));
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
    const user = place.user ? ` as ${place.user.name}` : '';
    log(`PostgreSQL ${version} runs${user} on 127.0.0.1:${port}; data: ${dataDirectory}, programs: ${directory}.`);
  }
  const url = `postgres://${SCRIP}:${password}@127.0.0.1:${port}/${SCRIP}`;
  return { url, dataDirectory, startedHere: started !== undefined, user: place.user, close };
}

/** Asked through a connection of its own: the presence may have been cut, and would count as somebody's. */
async function leave(
  place: Place,
  { port, password, presence }: Arrival,
  log: (message: string) => void,
): Promise<void> {
  await disconnect(presence);
  const postmaster = await findPostmaster(place);
  if (!postmaster?.isAlive) return;
  const connection = await connect({ port, password }).catch(() => undefined);
  if (!connection) return log('PostgreSQL is left running: it does not answer.');
  // This connection lasts until PostgreSQL ends it: till then nobody can arrive in what is about to stop.
  if (!(await isAlone(connection).catch(() => false))) log('PostgreSQL is left running: others use it.');
  else if (!(await stopPostmaster(place, postmaster))) log('PostgreSQL is still stopping.');
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

function inPlainWords(error: unknown, home: string): unknown {
  const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
  if (!(error instanceof Error) || reason === undefined) return error;
  return new Error(
    `The embedded database cannot be kept in ${home}: ${reason} (${error.message}). Choose another SCRIP_HOME or set DATABASE_URL.`,
    { cause: error },
  );
}
