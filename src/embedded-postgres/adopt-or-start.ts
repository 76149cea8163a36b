import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { readSecretFile, UnsafeFile } from '../secret-file.js';
import { findBinaries } from './find-binaries.js';
import type { Place } from './find-place.js';
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
  /** As long as it lasts, nobody stops the postmaster. */
  presence: pg.Client;
  /** Set if it was this process that started the postmaster. */
  started: StartedPostmaster | undefined;
}

/**
 * Becomes present in the postmaster that runs in an initialised place, or starts one. PostgreSQL's own lock file
 * decides between several who start; whoever comes too late arrives at the winner's.
 *
 * @param port the only one that will do; undefined: the one of the last postmaster, or any that is free.
 * @throws at once where waiting cannot help, else when `patience` ends.
 */
export async function adoptOrStart(place: Place, patience: AbortSignal, port?: number): Promise<Arrival> {
  const password = await readPassword(place);
  let started: StartedPostmaster | undefined;
  let obstacle = 'it does not answer';
  let pauseMilliseconds = 20; // a start takes 50 to 100; a recovery takes long, and logs every attempt to connect
  while (!patience.aborted) {
    const postmaster = await findPostmaster(place);
    if (postmaster?.isAlive) {
      const presence = await arriveAt({ port: postmaster.port, password });
      if (presence instanceof pg.Client) {
        const isOurs = started?.pid === postmaster.pid;
        return { port: postmaster.port, password, presence, started: isOurs ? started : undefined };
      }
      obstacle = presence.obstacle;
    } else if (started === undefined) {
      started = await start(place, { previous: postmaster, port: port ?? postmaster?.port });
    } else if (started.hasEnded()) {
      obstacle = await passingComplaint(started);
      started = await start(place, { previous: postmaster, port });
    }
    await setTimeout(pauseMilliseconds);
    pauseMilliseconds = Math.min(pauseMilliseconds * 1.5, 250);
  }
  throw new Error(`PostgreSQL is not ready: ${obstacle}. Its log is ${join(place.directory, 'log')}. Try again later.`);
}

async function readPassword({ directory }: Place): Promise<string> {
  try {
    const password = await readSecretFile(join(directory, 'password'), { folder: directory, othersMayRead: false });
    return password.toString();
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Error(`The password of the embedded database cannot be used: ${error.message}.`, { cause: error });
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

/** @param options.port undefined: any that is free. */
async function start(
  place: Place,
  { previous, port }: { previous: Postmaster | undefined; port: number | undefined },
): Promise<StartedPostmaster> {
  const binaries = await findBinaries(place);
  const major = (await readFile(join(place.directory, 'data', 'PG_VERSION'), 'utf8')).trim();
  if (Number.parseInt(binaries.version, 10) !== Number(major)) {
    throw new Error(
      `The data in ${place.directory} were written by PostgreSQL ${major}, which ${binaries.version} cannot read: move them to a server of version ${major} and set DATABASE_URL.`,
    );
  }
  return startPostmaster(place, { binaries, port: port ?? (await findFreePort()), previous });
}

/** What kept a postmaster from starting, if it may have passed by the next attempt: another one, or a taken port. */
async function passingComplaint(started: StartedPostmaster): Promise<string> {
  const complaint = await started.complaint();
  if (/already exists|is empty|still in use|could not create any TCP\/IP sockets/.test(complaint)) return complaint;
  throw new Error(`PostgreSQL did not start: ${complaint}`);
}
