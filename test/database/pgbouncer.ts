import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const PROGRAM = '/usr/sbin/pgbouncer';

/** Whether PgBouncer is installed, by Debian's package. */
export const hasPgBouncer = existsSync(PROGRAM);

/** A PgBouncer in transaction mode. */
export interface PgBouncer {
  /** As the URL of the server that it leads to, by way of the pooler. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a pooler before the database of a URL, or before those that clients name if it names none, with this many connections to each. */
export async function openPgBouncer(databaseUrl: string, poolSize: number): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-pgbouncer-'));
  await chmod(directory, 0o755);
  const port = await findFreePort();
  const file = join(directory, 'pgbouncer.ini');
  await writeFile(file, settings(new URL(databaseUrl), port, poolSize));
  await chmod(file, 0o644);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const pooler: PgBouncer = {
    url: url.href,
    start: async () => {
      // It refuses to run as root.
      child = spawn(PROGRAM, ['--quiet', file], { ...(process.getuid?.() === 0 ? UNPRIVILEGED : {}), stdio: 'ignore' });
      while (!(await listens(port))) {
        const end = child.exitCode ?? child.signalCode;
        if (end !== null) throw new Error(`PgBouncer ended with ${end}.`);
        await delay(20);
      }
    },
    kill: async () => {
      if (child === undefined || child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = undefined;
    },
    close: async () => {
      await pooler.kill();
      await rm(directory, { recursive: true });
    },
  };
  await pooler.start();
  return pooler;
}

function settings({ hostname, port, username, password, pathname }: URL, listenPort: number, poolSize: number): string {
  const database = pathname.length > 1 ? ` dbname=${pathname.slice(1)}` : '';
  const secret = password === '' ? '' : ` password=${password}`;
  const target = `host=${hostname} port=${port} user=${username}${secret}${database}`;
  return `[databases]
* = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 1000
server_login_retry = 1
`;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
