import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, type FileHandle, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './find-binaries.js';
import type { Place } from './find-place.js';
import { complaintIn, runProgram, sealed, type User } from './run-program.js';

/** What the lock file of a cluster says: the main process of the PostgreSQL that runs in it, or ran last. */
export interface Postmaster {
  pid: number;
  port: number;
  isAlive: boolean;
}

/** Reads the lock file of a cluster; undefined where there is none, or none that is complete yet. */
export async function findPostmaster({ directory }: Place): Promise<Postmaster | undefined> {
  const data = join(directory, 'data');
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const [pid, , , port] = lines.split('\n').map(Number);
  return pid && port ? { pid, port, isAlive: await worksIn(data, pid) } : undefined;
}

/**
 * Whether a process is the postmaster of `data`, judged by its command line. That the process exists would prove
 * nothing: it may be a zombie that nobody reaps, or another that got the number since. Its working directory would
 * prove it too, but root may not look at that in a container. Should a live one be misjudged, it is safe from a second
 * by its shared memory.
 */
async function worksIn(data: string, pid: number): Promise<boolean> {
  const command =
    process.platform === 'linux'
      ? readFile(`/proc/${pid}/cmdline`, 'utf8')
      : runProgram('/bin/ps', ['-o', 'command=', '-p', String(pid)], { user: undefined });
  return (await command.catch(() => '')).includes(data);
}

/** A postmaster that this process has started; it may have ended since. */
export interface StartedPostmaster {
  pid: number | undefined;
  binaries: Binaries;
  hasEnded(): boolean;
  /** Why it ended, once it has. */
  complaint(): Promise<string>;
}

/**
 * Starts a postmaster, in a session of its own so that no signal of our terminal or process group reaches it, and
 * returns without awaiting that it is ready. Not through pg_ctl: its shell misreads paths, and we could not see the
 * postmaster end.
 *
 * @param options.previous what a dead postmaster left: its lock file is void, even if another process got its pid.
 */
export async function startPostmaster(
  { directory, user }: Place,
  options: { binaries: Binaries; port: number; previous: Postmaster | undefined },
): Promise<StartedPostmaster> {
  const { binaries, port, previous } = options;
  await using log = await openLog(directory, user);
  const { size } = await log.stat();
  const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
  const { env, ...rest } = sealed(user);
  const child = spawn(join(binaries.directory, 'bin', 'postgres'), ['-D', join(directory, 'data'), ...settings], {
    ...rest,
    // PostgreSQL overlooks a lock file of the process named here. Meant for the shell that started it, it fits as well.
    env: { ...env, ...(previous && { PG_GRANDPARENT_PID: String(previous.pid) }) },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  child.unref();
  return {
    pid: child.pid,
    binaries,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async complaint() {
      const words = (await readFile(join(directory, 'log'))).subarray(size).toString();
      return complaintIn(words) ?? 'it ended without a word';
    },
  };
}

/**
 * The errors of statements stay out of the log: the client hears them, and constraints refuse by the thousand in
 * normal operation. Everything about the server itself is logged.
 */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'log_min_messages=log'];

/** Follows no link: as root we write where somebody else may have put one. */
async function openLog(directory: string, user: User | undefined): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const log = await open(join(directory, 'log'), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  if (user) await log.chown(user.uid, user.gid);
  return log;
}

/** Disconnects everyone and stops a postmaster cleanly. False: it needs more than 5 s, and goes on stopping. */
export async function stopPostmaster(place: Place, { pid }: Postmaster): Promise<boolean> {
  try {
    process.kill(pid, 'SIGINT'); // PostgreSQL's fast shutdown
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true; // it has just ended
    throw error;
  }
  for (let waited = 0; waited < 5_000; waited += 50) {
    const found = await findPostmaster(place);
    if (found?.pid !== pid || !found.isAlive) return true;
    await delay(50);
  }
  return false;
}

/** A port that nobody uses at this moment; somebody else may still be quicker to bind it. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
  return address.port;
}
