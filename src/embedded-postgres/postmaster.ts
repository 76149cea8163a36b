import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, type FileHandle, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './find-binaries.js';
import type { Location } from './find-location.js';
import { causeIn, isolated, runProgram, type User } from './run-program.js';

/** The main process of the PostgreSQL that runs in a cluster, or ran last, from the cluster's lock file. */
export interface Postmaster {
  pid: number;
  port: number;
  isAlive: boolean;
}

/** Reads the lock file of a cluster; undefined if it does not exist or is incomplete. */
export async function findPostmaster({ directory }: Pick<Location, 'directory'>): Promise<Postmaster | undefined> {
  const data = join(directory, 'data');
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const [pid, , , port] = lines.split('\n').map(Number);
  return pid && port ? { pid, port, isAlive: await worksIn(data, pid) } : undefined;
}

/**
 * Whether a process is the postmaster of `data`, by its command line. That the process exists proves nothing: it may be a
 * zombie, or another process with the same id. Its working directory would prove it too, but root may be unable to read
 * that in a container. If a running postmaster is missed, its shared memory prevents a second one.
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
  /** Why it ended. */
  failure(): Promise<string>;
}

/**
 * Starts a postmaster, in a session of its own so that no signal of our terminal or process group reaches it, and
 * returns before it is ready. Not with pg_ctl: its shell misreads paths, and the end of the postmaster would be missed.
 *
 * @param options.previous the dead postmaster whose lock file is stale, even if another process has its id.
 */
export async function startPostmaster(
  { directory, user }: Location,
  options: { binaries: Binaries; port: number; previous: Postmaster | undefined },
): Promise<StartedPostmaster> {
  const { binaries, port, previous } = options;
  await using log = await openLog(directory, user);
  const { size } = await log.stat();
  const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
  const { env, ...rest } = isolated(user);
  const child = spawn(join(binaries.directory, 'bin', 'postgres'), ['-D', join(directory, 'data'), ...settings], {
    ...rest,
    // PostgreSQL ignores a lock file of this process. The variable is meant for the shell that started PostgreSQL.
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
    async failure() {
      const output = (await readFile(join(directory, 'log'))).subarray(size).toString();
      return causeIn(output) ?? 'it ended without a message';
    },
  };
}

/**
 * Errors of statements are not logged: the client gets them, and constraints are violated frequently in normal operation.
 * Everything about the server itself is logged.
 */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'log_min_messages=log'];

/** Does not follow links: root writes here, and another user may have placed one. */
async function openLog(directory: string, user: User | undefined): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const log = await open(join(directory, 'log'), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  if (user) await log.chown(user.uid, user.gid);
  return log;
}

/** Ends all connections and stops a postmaster cleanly. False: it is still stopping after 5 s. */
export async function stopPostmaster(location: Pick<Location, 'directory'>, { pid }: Postmaster): Promise<boolean> {
  try {
    process.kill(pid, 'SIGINT'); // PostgreSQL's fast shutdown
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true; // it has just ended
    throw error;
  }
  for (let waited = 0; waited < 5_000; waited += 50) {
    const found = await findPostmaster(location);
    if (found?.pid !== pid || !found.isAlive) return true;
    await delay(50);
  }
  return false;
}

/** A port that is free now. Another process may bind it first. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
  return address.port;
}
