import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { readSecretFile, UnsafeFile } from '../home/secret-file.js';
import { type Binaries, findBinaries } from './find-binaries.js';
import type { Location } from './find-location.js';
import {
  findFreePort,
  findPostmaster,
  type Postmaster,
  type StartedPostmaster,
  startPostmaster,
} from './postmaster.js';
import { arrive, connect, disconnect } from './presence.js';

/** A running postmaster in which this process is present. */
export interface Arrival {
  port: number;
  password: string;
  /** While it is open, no process stops the postmaster. */
  presence: pg.Client;
  /** Set if it was this process that started the postmaster. */
  started: StartedPostmaster | undefined;
}

/**
 * Becomes present in the postmaster that runs at an initialised location, or starts one. Where several processes start one,
 * PostgreSQL's lock file lets one succeed; the others become present in that one.
 *
 * @param deadline aborts when no further attempt may begin.
 * @param port the required port; undefined: that of the last postmaster, or any free one.
 * @throws at once where waiting cannot help, else after the deadline.
 */
export async function adoptOrStart(location: Location, deadline: AbortSignal, port?: number): Promise<Arrival> {
  const password = await readPassword(location);
  let started: StartedPostmaster | undefined;
  let obstacle = 'it does not respond';
  let pauseMilliseconds = 20; // a start takes 50 to 100 ms; a recovery takes longer and logs each attempt to connect
  while (!deadline.aborted) {
    const postmaster = await findPostmaster(location);
    if (postmaster?.isAlive) {
      const presence = await arriveAt({ port: postmaster.port, password });
      if (presence instanceof pg.Client) {
        const isOurs = started?.pid === postmaster.pid;
        return { port: postmaster.port, password, presence, started: isOurs ? started : undefined };
      }
      obstacle = presence.obstacle;
    } else if (started === undefined) {
      started = await start(location, { previous: postmaster, port: port ?? postmaster?.port });
    } else if (started.hasEnded()) {
      obstacle = await transientFailure(started);
      started = await start(location, { previous: postmaster, port });
    }
    await setTimeout(pauseMilliseconds);
    pauseMilliseconds = Math.min(pauseMilliseconds * 1.5, 250);
  }
  throw new Error(
    `PostgreSQL is not ready: ${obstacle}. Its log is ${join(location.directory, 'log')}. Try again later.`,
  );
}

/** The password of the database at a location. */
export async function readPassword({ directory }: Pick<Location, 'directory'>): Promise<string> {
  const path = join(directory, 'password');
  try {
    return readSecretFile(path, { folder: directory, othersMayRead: false }).toString();
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Error(`The password of the embedded database in ${path} cannot be used: ${error.message}.`, {
      cause: error,
    });
  }
}

async function arriveAt(address: { port: number; password: string }): Promise<pg.Client | { obstacle: string }> {
  let client: pg.Client | undefined;
  try {
    client = await connect(address);
    if (await arrive(client)) return client;
    await disconnect(client);
    return { obstacle: 'another process is stopping it' };
  } catch (error) {
    if (client) await disconnect(client);
    const isFinal = error instanceof pg.DatabaseError && error.code === '28P01'; // a wrong password stays wrong
    if (isFinal || !(error instanceof Error)) throw error;
    return { obstacle: error.message };
  }
}

/** @param options.port undefined: any free port. */
async function start(
  location: Location,
  { previous, port }: { previous: Postmaster | undefined; port: number | undefined },
): Promise<StartedPostmaster> {
  const binaries = await findBinaries(location);
  await refuseOtherMajor(location, binaries);
  return startPostmaster(location, { binaries, port: port ?? (await findFreePort()), previous });
}

/** @throws an Error for data that the binaries cannot read. */
export async function refuseOtherMajor(
  { directory }: Pick<Location, 'directory'>,
  { version }: Pick<Binaries, 'version'>,
): Promise<void> {
  const major = (await readFile(join(directory, 'data', 'PG_VERSION'), 'utf8')).trim();
  if (Number.parseInt(version, 10) === Number(major)) return;
  throw new Error(
    `The data in ${directory} were written by PostgreSQL ${major}, which ${version} cannot read: move them to a server of version ${major} and set DATABASE_URL.`,
  );
}

/**
 * Why a postmaster did not start, where another attempt may succeed: another postmaster runs, or the port is in use.
 *
 * @throws for any other reason.
 */
async function transientFailure(started: StartedPostmaster): Promise<string> {
  const failure = await started.failure();
  if (/already exists|is empty|still in use|could not create any TCP\/IP sockets/.test(failure)) return failure;
  throw new Error(`PostgreSQL did not start: ${failure}`);
}
